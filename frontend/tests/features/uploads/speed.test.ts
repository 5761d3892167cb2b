import { expect, test } from "vitest";
import { bytesPerSecond, type Sample, secondsLeft, withSample } from "@/features/uploads/speed";

test("the speed is that of the last three seconds", () => {
  let samples: Sample[] = [];
  for (const [atMs, sentBytes] of [
    [0, 0],
    [1000, 9000],
    [4000, 12_000],
    [5000, 13_000],
  ] as const) {
    samples = withSample(samples, { atMs, sentBytes });
  }
  expect(samples.map((sample) => sample.atMs)).toEqual([4000, 5000]);
  expect(bytesPerSecond(samples)).toBe(1000);
});

test("one sample tells no speed", () => {
  expect(bytesPerSecond(withSample([], { atMs: 0, sentBytes: 10 }))).toBeNull();
});

test("after a pause the last two samples are kept", () => {
  const samples = withSample([{ atMs: 0, sentBytes: 0 }], { atMs: 60_000, sentBytes: 600 });
  expect(bytesPerSecond(samples)).toBe(10);
});

test("the time left is rounded up and unknown while nothing moves", () => {
  expect(secondsLeft(1000, 100, 400)).toBe(3);
  expect(secondsLeft(1000, 100, 0)).toBeNull();
  expect(secondsLeft(1000, 100, null)).toBeNull();
});
