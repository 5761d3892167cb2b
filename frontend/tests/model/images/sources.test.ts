import { expect, test } from "vitest";
import type { Image, Rendition } from "@/api/shapes";
import { presetSources } from "@/model/images/sources";

const rendition = (fields: Partial<Rendition>) =>
  ({
    state: "ready",
    preset: "small",
    format: "webp",
    height: 10,
    url: "u",
    ...fields,
  }) as Rendition;
const image = (...renditions: Rendition[]) => ({ renditions }) as Image;

test("sources are the presets' WebP files, narrowest first", () => {
  const found = presetSources(
    image(
      rendition({ width: 800, url: "m" }),
      rendition({ width: 200, url: "t" }),
      rendition({ width: 200, url: "t-jpeg", format: "jpeg" }),
      rendition({ width: 999, url: "built", preset: null }),
    ),
  );
  expect(found.map((source) => source.url)).toEqual(["t", "m"]);
});

test("another format stands in where there is no WebP", () => {
  expect(presetSources(image(rendition({ width: 200, format: "jpeg", url: "j" })))).toHaveLength(1);
});

test("nothing is asked for of an image in the trash", () => {
  const trashed = {
    ...image(rendition({ width: 200 })),
    trashed_at: "2026-01-01T00:00:00Z",
  };
  expect(presetSources(trashed)).toEqual([]);
});

test("what is not ready is not shown", () => {
  expect(presetSources(image(rendition({ width: 200, state: "pending", url: null })))).toEqual([]);
});
