import { expect, test } from "vitest";
import { type Box, type Shortfall, shortfallOf, sizeOf } from "@/features/image/outcome";
import cases from "./sizes.json";

// The platform's own calculation is held against the same file: tests/images/renditions/test_sizes.py.
test.each(cases)("$fit $box of $source is $size", ({ fit, box, source, size }) => {
  const [width = null, height = null] = box;
  const [w = 0, h = 0] = source;
  const made = sizeOf({ fit: fit as "inside" | "cover", width, height }, { width: w, height: h });
  expect([made.width, made.height]).toEqual(size);
});

test.each<[Box, number, number, Shortfall | null]>([
  [{ fit: "cover", width: 800, height: 600 }, 640, 480, "cover"],
  [{ fit: "cover", width: 800, height: 600 }, 800, 600, null],
  [{ fit: "inside", width: 800, height: 600 }, 640, 480, "inside"],
  [{ fit: "inside", width: 800, height: 600 }, 800, 450, null],
  [{ fit: "inside", width: 800, height: 600 }, 450, 600, null],
  [{ fit: "inside", width: 800, height: null }, 640, 480, "inside"],
  [{ fit: "inside", width: null, height: 480 }, 640, 480, null],
  [{ width: 800 }, 640, 480, "inside"],
])("%j made as %i x %i falls short by %s", (box, width, height, why) => {
  expect(shortfallOf(box, { width, height })).toBe(why);
});
