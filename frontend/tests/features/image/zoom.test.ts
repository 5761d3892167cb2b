import { expect, test } from "vitest";
import { enlargedWidth, turnedWidth } from "@/features/image/zoom";

test("two clicks show every pixel, or double what is shown so already", () => {
  expect(enlargedWidth(800, { natural: 1600, frame: 840 })).toBe(1600);
  expect(enlargedWidth(640, { natural: 640, frame: 840 })).toBe(1280);
});

test("two clicks on an icon make it as wide as its frame, up to eight times its own size", () => {
  expect(enlargedWidth(200, { natural: 200, frame: 840 })).toBe(840);
  expect(enlargedWidth(16, { natural: 16, frame: 840 })).toBe(128);
});

test("the wheel goes from the fitted picture to eight times its own size and back", () => {
  const limits = { natural: 1000, fitted: 500 };
  const larger = turnedWidth(500, -10, limits) ?? 0;
  expect(larger).toBeGreaterThan(500);
  expect(turnedWidth(larger, 10, limits)).toBeNull();
  expect(turnedWidth(7900, -1000, limits)).toBe(8000);
  expect(turnedWidth(510, 1000, limits)).toBeNull();
});
