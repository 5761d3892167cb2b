import { expect, test } from "vitest";
import { faultOf, opsOf, type Recipe } from "@/features/image/recipe";

const recipe = (fields: Partial<Recipe>): Recipe => ({
  width: 800,
  height: null,
  fit: "inside",
  format: "webp",
  quality: 80,
  ...fields,
});

test("a recipe needs a size that the platform makes", () => {
  expect(faultOf(recipe({}))).toBeNull();
  expect(faultOf(recipe({ width: null }))).toBe("needsSize");
  expect(faultOf(recipe({ width: 0 }))).toBe("outOfRange");
  expect(faultOf(recipe({ width: 8193 }))).toBe("outOfRange");
});

test("cover needs both sides", () => {
  expect(faultOf(recipe({ fit: "cover" }))).toBe("coverNeedsBoth");
  expect(faultOf(recipe({ fit: "cover", height: 600 }))).toBeNull();
});

test("what was left empty is not asked for, and PNG has no quality", () => {
  expect(opsOf(recipe({}))).toEqual({ width: 800, fit: "inside", format: "webp", quality: 80 });
  expect(opsOf(recipe({ format: "png" }))).toEqual({ width: 800, fit: "inside", format: "png" });
});
