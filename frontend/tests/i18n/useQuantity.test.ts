import { expect, test } from "vitest";
import { scaleBytes } from "@/i18n/useQuantity";

test("sizes are counted in thousands, as the quota is", () => {
  expect(scaleBytes(0)).toEqual({ value: 0, unit: "byte" });
  expect(scaleBytes(999)).toEqual({ value: 999, unit: "byte" });
  expect(scaleBytes(1000)).toEqual({ value: 1, unit: "kilobyte" });
  expect(scaleBytes(5_000_000_000)).toEqual({ value: 5, unit: "gigabyte" });
});

test("what would round to a thousand takes the next unit", () => {
  expect(scaleBytes(999_600).unit).toBe("megabyte");
});
