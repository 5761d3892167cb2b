import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const tokens = readFileSync(new URL("../../src/design/tokens.css", import.meta.url), "utf8");

/** Relative luminance (WCAG 2.2) of a colour such as `#cfd4d9`. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test.each([
  ["light", 0],
  ["dark", 1],
])("neither a black nor a white picture vanishes before the %s checkerboard", (_, scheme) => {
  const squares = [/--checker: (#\w{6});/g, /--checker-other: (#\w{6});/g].map(
    (pattern) => [...tokens.matchAll(pattern)][scheme]?.[1] ?? "",
  );
  for (const picture of ["#000000", "#ffffff"]) {
    const seen = squares.map((square) => contrast(picture, square));
    expect(Math.min(...seen)).toBeGreaterThan(1.4);
    expect(Math.max(...seen)).toBeGreaterThan(2);
  }
});
