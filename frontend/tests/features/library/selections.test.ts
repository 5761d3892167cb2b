import { expect, test, vi } from "vitest";
import type { Image } from "@/api/shapes";
import {
  allOf,
  isSelected,
  NOTHING,
  type Selection,
  selections,
  sizeOf,
  stillListed,
  toggled,
} from "@/features/library/selections";

/** Images named by letters, newest first. */
const images = [..."abcde"].map((id, at) => ({ id, created_at: `2026-01-0${9 - at}` }) as Image);
const lettersOf = (selection: Selection) =>
  images.map(({ id }) => id).filter((id) => isSelected(selection, id));
const all: Selection = { kind: "all", count: 5, except: new Set() };

test("a range goes from the image toggled last, in either direction", () => {
  const one = toggled(NOTHING, images, "d", false);
  const range = toggled(one, images, "b", true);
  expect(lettersOf(range.selection)).toEqual(["b", "c", "d"]);
  expect(range.anchor).toBe("b");
  expect(lettersOf(toggled(range, images, "c", false).selection)).toEqual(["b", "d"]);
});

test("a range without a beginning is one image", () => {
  expect(lettersOf(toggled(NOTHING, images, "c", true).selection)).toEqual(["c"]);
});

test("an image that is not in the list changes nothing", () => {
  const before = toggled(NOTHING, images, "a", false);
  expect(toggled(before, images, "unknown", false)).toEqual(before);
});

test("of all that match some are left out, and counted out", () => {
  const { selection } = toggled({ selection: all, anchor: null }, images, "b", false);
  expect([sizeOf(selection), isSelected(selection, "b"), isSelected(selection, "z")]).toEqual([
    4,
    false,
    true,
  ]);
});

test("what left the list is forgotten, what has not been loaded yet is not", () => {
  const everything = allOf(images);
  const loaded = images.slice(0, 3).filter(({ id }) => id !== "b");
  expect(lettersOf(stillListed(everything, loaded, true))).toEqual(["a", "c", "d", "e"]);
  expect(lettersOf(stillListed(everything, loaded, false))).toEqual(["a", "c"]);
  expect(stillListed(everything, images, false)).toBe(everything);
  expect(stillListed(all, [], false)).toBe(all);
});

test("each view keeps its own selection, and those who show it are told", () => {
  const told = vi.fn();
  const stop = selections.subscribe(told);
  selections.set("library", { selection: allOf(images), anchor: "a" });
  expect(sizeOf(selections.get("library").selection)).toBe(5);
  expect(selections.get("trash")).toBe(NOTHING);
  selections.set("library", NOTHING);
  expect(selections.get("library")).toBe(NOTHING);
  expect(told).toHaveBeenCalledTimes(2);
  stop();
});
