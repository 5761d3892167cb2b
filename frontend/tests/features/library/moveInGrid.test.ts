import { expect, test } from "vitest";
import { justify } from "@/features/library/justify";
import { moveInGrid, reachable, withRow } from "@/features/library/moveInGrid";

const count = 20;
const rows = justify(
  Array.from({ length: count }, () => ({ width: 1, height: 1 })),
  900,
  6,
);
const perRow = rows[0]?.widths.length ?? 0;
const from = (key: string, index: number, dir: "ltr" | "rtl" = "ltr") =>
  moveInGrid(key, { rows, index, count, dir });

test("arrows move by one and stop at the ends", () => {
  expect(from("ArrowRight", 3)).toBe(4);
  expect(from("ArrowLeft", 0)).toBe(0);
  expect(from("ArrowRight", count - 1)).toBe(count - 1);
});

test("left leads forward where the writing runs from right to left", () => {
  expect(from("ArrowLeft", 3, "rtl")).toBe(4);
  expect(from("ArrowRight", 3, "rtl")).toBe(2);
});

test("home and end stay in the row", () => {
  expect(from("Home", perRow + 1)).toBe(perRow);
  expect(from("End", perRow + 1)).toBe(2 * perRow - 1);
});

test("other keys are left alone", () => {
  expect(from("x", 3)).toBeNull();
});

test("Tab leads to the last place while it is in the page, else to what is in the window", () => {
  expect(reachable(1, rows, [0, 1], { startIndex: 0 })).toBe(1);
  expect(reachable(1, rows, [1, 2], { startIndex: 2 })).toBe(2 * perRow);
  expect(reachable(1, rows, [1, 2], null)).toBe(perRow);
  expect(reachable(1, [], [], null)).toBe(1);
});

test("the row with the focus stays in the page, in its order", () => {
  expect(withRow([4, 5, 6], 1)).toEqual([1, 4, 5, 6]);
  expect(withRow([4, 5, 6], 9)).toEqual([4, 5, 6, 9]);
  expect(withRow([4, 5, 6], 5)).toEqual([4, 5, 6]);
  expect(withRow([4, 5, 6], null)).toEqual([4, 5, 6]);
});
