import { expect, test } from "vitest";
import { splitImages } from "@/features/uploads/imageFiles";

test("images are told by type or by name, and the rest is counted", () => {
  const files = [
    new File([""], "a.jpg", { type: "image/jpeg" }),
    new File([""], "B.AVIF", { type: "" }),
    new File([""], "IMG_0001.HEIC", { type: "" }),
    new File([""], "notes.txt", { type: "text/plain" }),
    new File([""], ".DS_Store", { type: "" }),
    new File([""], "Thumbs.db", { type: "" }),
    new File([""], "._a.jpg", { type: "image/jpeg" }),
    new File([""], "drawing.svg", { type: "image/svg+xml" }),
  ];
  const { images, others } = splitImages(files);
  expect(images.map((file) => file.name)).toEqual(["a.jpg", "B.AVIF", "IMG_0001.HEIC"]);
  expect(others).toBe(2);
});
