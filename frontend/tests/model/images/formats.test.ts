import { expect, test } from "vitest";
import { INPUT_FORMATS } from "@/api/constants.gen";
import { formatName } from "@/model/images/formats";

test("formats are written as people write them", () => {
  expect(INPUT_FORMATS.map(formatName)).toEqual(
    expect.arrayContaining(["JPEG", "PNG", "WebP", "AVIF", "GIF", "TIFF", "BMP", "HEIC"]),
  );
});
