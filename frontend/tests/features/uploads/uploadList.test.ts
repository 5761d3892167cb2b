import { expect, test, vi } from "vitest";
import type { Upload } from "@/features/uploads/upload";
import { UploadList } from "@/features/uploads/uploadList";

const upload = (id: string) => ({ id, sentBytes: 0 }) as Upload;

function listOf(...ids: string[]) {
  const list = new UploadList();
  list.replace(ids.map(upload));
  const told = vi.fn();
  return { list, told, stop: list.subscribe(told) };
}

test("a change is one upload's, and makes a new list", () => {
  const { list, told } = listOf("a", "b");
  const before = list.all();
  list.change("b", { sentBytes: 5 });
  expect(list.all().map(({ sentBytes }) => sentBytes)).toEqual([0, 5]);
  expect(list.get("b")?.sentBytes).toBe(5);
  expect([list.all() === before, list.all()[0] === before[0]]).toEqual([false, true]);
  expect(told).toHaveBeenCalledTimes(1);
});

test("many changes are told once, and none when they are of uploads that are gone", () => {
  const { list, told, stop } = listOf("a", "b");
  list.changeAll([
    ["a", { sentBytes: 1 }],
    ["b", { sentBytes: 2 }],
    ["gone", { sentBytes: 3 }],
  ]);
  expect(told).toHaveBeenCalledTimes(1);
  list.change("gone", { sentBytes: 3 });
  expect(told).toHaveBeenCalledTimes(1);
  stop();
  list.change("a", { sentBytes: 9 });
  expect(told).toHaveBeenCalledTimes(1);
});

test("what was taken out is no longer found", () => {
  const { list } = listOf("a", "b");
  list.replace([upload("b")]);
  expect([list.get("a"), list.get("b")?.id]).toEqual([undefined, "b"]);
});
