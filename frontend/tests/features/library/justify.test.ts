import { expect, test } from "vitest";
import { justify, rowOf, verticalNeighbour } from "@/features/library/justify";

const GAP = 6;
const shapes = Array.from({ length: 57 }, (_, index) => ({
  width: [1500, 1000, 700, 2400, 1000][index % 5] ?? 1000,
  height: 1000,
}));

test("every row but the last fills the line to the pixel", () => {
  for (const width of [328, 760, 1037, 1800]) {
    const rows = justify(shapes, width, GAP);
    for (const row of rows.slice(0, -1)) {
      const taken = row.widths.reduce((sum, each) => sum + each, 0);
      expect(taken + GAP * (row.widths.length - 1)).toBe(width);
    }
  }
});

test("no picture is lost and none appears twice", () => {
  const rows = justify(shapes, 1037, GAP);
  let next = 0;
  for (const row of rows) {
    expect(row.start).toBe(next);
    next += row.widths.length;
  }
  expect(next).toBe(shapes.length);
});

test("a panorama and a picture without size do not flatten their rows", () => {
  const [row] = justify(
    [
      { width: 9000, height: 300 },
      { width: 0, height: 0 },
    ],
    1200,
    GAP,
  );
  expect(row?.height).toBeGreaterThan(100);
});

test("without a width there are no rows", () => {
  expect(justify(shapes, 0, GAP)).toEqual([]);
});

test("a picture is found in its row", () => {
  const rows = justify(shapes, 1037, GAP);
  for (const index of [0, 7, 23, 56]) {
    const row = rows[rowOf(rows, index)];
    expect(row && index >= row.start && index < row.start + row.widths.length).toBe(true);
  }
});

test("down and up again comes back when the pictures stand one above the other", () => {
  const rows = justify(
    Array.from({ length: 30 }, () => ({ width: 1, height: 1 })),
    900,
    GAP,
  );
  const down = verticalNeighbour(rows, 2, 1);
  expect(down).not.toBe(2);
  expect(verticalNeighbour(rows, down, -1)).toBe(2);
  expect(verticalNeighbour(rows, 2, -1)).toBe(2);
});
