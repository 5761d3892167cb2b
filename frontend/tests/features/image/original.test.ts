import { expect, test } from "vitest";
import type { Image } from "@/api/shapes";
import { originalUrl, PLAYS_UNASKED_BYTES, playsUnasked } from "@/features/image/original";

const image = (fields: Partial<Image> = {}): Image =>
  ({
    format: "gif",
    animated: true,
    bytes: 1000,
    trashed_at: null,
    links: { self: "s", original: "o", renditions: "r" },
    ...fields,
  }) as Image;
const NOTHING_AGAINST = { reducedMotion: false, saveData: false };

test.each(["jpeg", "png", "gif", "webp", "avif", "bmp"] as const)(
  "%s is shown as it is",
  (format) => {
    expect(originalUrl(image({ format }))).toBe("o");
  },
);

test("what browsers do not draw, or is in the trash, is not offered", () => {
  for (const format of ["tiff", "heic"]) {
    expect(originalUrl(image({ format: format as Image["format"] }))).toBeNull();
  }
  expect(originalUrl(image({ trashed_at: "2026-01-01T00:00:00Z" }))).toBeNull();
});

test("a small animation plays by itself", () => {
  expect(playsUnasked(image(), NOTHING_AGAINST)).toBe(true);
  expect(playsUnasked(image({ animated: false }), NOTHING_AGAINST)).toBe(false);
});

test("an animation waits to be asked for when it is large, or when the reader wants it so", () => {
  const large = image({ bytes: PLAYS_UNASKED_BYTES + 1 });
  expect(playsUnasked(large, NOTHING_AGAINST)).toBe(false);
  expect(playsUnasked(image(), { ...NOTHING_AGAINST, reducedMotion: true })).toBe(false);
  expect(playsUnasked(image(), { ...NOTHING_AGAINST, saveData: true })).toBe(false);
});
