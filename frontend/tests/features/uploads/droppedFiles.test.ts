// @vitest-environment jsdom
import { expect, test } from "vitest";
import { droppedFiles, filesIn } from "@/features/uploads/droppedFiles";

const AT_A_TIME = 100;

const file = (name: string): FileSystemEntry =>
  ({
    name,
    isFile: true,
    file: (take: (file: File) => void) => setTimeout(() => take(new File(["x"], name))),
  }) as unknown as FileSystemEntry;

const folder = (name: string, ...inside: FileSystemEntry[]): FileSystemEntry =>
  ({
    name,
    isFile: false,
    createReader: () => {
      const left = [...inside];
      return {
        readEntries: (take: (some: FileSystemEntry[]) => void) =>
          setTimeout(() => take(left.splice(0, AT_A_TIME))),
      };
    },
  }) as unknown as FileSystemEntry;

const locked = (name: string): FileSystemEntry =>
  ({
    name,
    isFile: true,
    file: (_: unknown, refuse: (why: Error) => void) => refuse(new Error("not allowed")),
  }) as unknown as FileSystemEntry;

const names = (files: readonly File[]) => files.map(({ name }) => name);

test("folders are read to the bottom, and what systems hide in them is left out", async () => {
  const tree = folder(
    "holiday",
    file("a.jpg"),
    file(".DS_Store"),
    folder("day 1", file("b.jpg"), file("Thumbs.db"), folder("raw", file("c.tif"))),
    folder("__MACOSX", file("._a.jpg")),
    folder(".git", file("index.png")),
  );
  const found = await filesIn([tree, file("d.png")]);
  expect([names(found.files), found.unreadable]).toEqual([["d.png", "a.jpg", "b.jpg", "c.tif"], 0]);
});

test("a folder of thousands is read to its end", async () => {
  const many = Array.from({ length: 2350 }, (_, index) => file(`${index}.jpg`));
  expect((await filesIn([folder("many", ...many)])).files).toHaveLength(2350);
});

test("one file that cannot be read does not lose the others", async () => {
  const found = await filesIn([folder("mixed", locked("a.jpg"), file("b.jpg"))]);
  expect([names(found.files), found.unreadable]).toEqual([["b.jpg"], 1]);
});

test("where the browser knows no entries, the files are taken", async () => {
  const files = [new File(["x"], "a.jpg")];
  const transfer = { items: [{}], files } as unknown as DataTransfer;
  expect(names((await droppedFiles(transfer)).files)).toEqual(["a.jpg"]);
});
