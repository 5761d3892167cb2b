import { expect, test } from "vitest";
import { isDoubleTap, isTap, swipeOf } from "@/features/image/swipe";

test("what is pulled in from the side is what lies there in the direction of writing", () => {
  const [left, right] = [
    { dx: -90, dy: 10 },
    { dx: 90, dy: -10 },
  ];
  expect([swipeOf(left, "ltr"), swipeOf(right, "ltr")]).toEqual(["next", "previous"]);
  expect([swipeOf(left, "rtl"), swipeOf(right, "rtl")]).toEqual(["previous", "next"]);
});

test("a short way is none, and one up or down is scrolling", () => {
  expect(swipeOf({ dx: -50, dy: 0 }, "ltr")).toBeNull();
  expect(swipeOf({ dx: -90, dy: 60 }, "ltr")).toBeNull();
});

test("two taps at one place in short order are one double tap", () => {
  const first = { x: 100, y: 100, at: 1000 };
  expect(isDoubleTap(null, first)).toBe(false);
  expect(isDoubleTap(first, { x: 110, y: 95, at: 1200 })).toBe(true);
  expect(isDoubleTap(first, { x: 110, y: 95, at: 1500 })).toBe(false);
  expect(isDoubleTap(first, { x: 180, y: 95, at: 1200 })).toBe(false);
  expect([isTap({ dx: 3, dy: 4 }), isTap({ dx: 30, dy: 4 })]).toEqual([true, false]);
});
