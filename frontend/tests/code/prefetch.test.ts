import { expect, test, vi } from "vitest";
import { Part } from "@/code/part";
import { isThrifty, prefetchParts } from "@/code/prefetch";

const at = () => Promise.resolve();

test("everything is prefetched, also what a part brings with it, and nothing twice", async () => {
  vi.stubGlobal("navigator", { onLine: true });
  const inner = vi.fn(() => Promise.resolve("inner"));
  const outer = vi.fn(async () => {
    new Part(inner);
    return "outer";
  });
  new Part(outer);
  await prefetchParts(new AbortController().signal, at, 0);
  await prefetchParts(new AbortController().signal, at, 0);
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([1, 1]);
});

test("nothing is prefetched offline, or where bytes are to be saved", async () => {
  const load = vi.fn(() => Promise.resolve("code"));
  new Part(load);
  for (const navigator of [{ onLine: false }, { onLine: true, connection: { saveData: true } }]) {
    vi.stubGlobal("navigator", navigator);
    await prefetchParts(new AbortController().signal, at, 0);
  }
  expect(load).not.toHaveBeenCalled();
  expect(isThrifty({ effectiveType: "slow-2g" })).toBe(true);
  expect(isThrifty({ effectiveType: "4g", saveData: false })).toBe(false);
  expect(isThrifty(undefined)).toBe(false);
});
