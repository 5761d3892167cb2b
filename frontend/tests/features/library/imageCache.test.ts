import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test } from "vitest";
import type { Image } from "@/api/shapes";
import {
  dropImages,
  type ImageFilters,
  type ImageList,
  imageListKey,
  insertImage,
  patchImage,
} from "@/features/library/imageCache";

const ALL: ImageFilters = { q: "", tag: "", state: "", format: "", trashed: false };
const SEARCH: ImageFilters = { ...ALL, q: "ridge" };

const image = (id: string, day: number, title = id) =>
  ({ id, title, created_at: `2026-01-${String(day).padStart(2, "0")}T00:00:00Z` }) as Image;

let client: QueryClient;
const ids = (filters: ImageFilters) =>
  client
    .getQueryData<ImageList>(imageListKey(filters))
    ?.pages.flatMap((page) => page.results.map((entry) => entry.id))
    .join(" ");

function fill(nextCursor: string | null): void {
  const pages = [
    { results: [image("d", 20), image("c", 18)], nextCursor: "2" },
    { results: [image("b", 10), image("a", 8)], nextCursor },
  ];
  client.setQueryData<ImageList>(imageListKey(ALL), { pages, pageParams: [null, "2"] });
  client.setQueryData<ImageList>(imageListKey(SEARCH), { pages, pageParams: [null, "2"] });
}

beforeEach(() => {
  client = new QueryClient();
});

test("a new image comes first, and only where nothing is filtered", () => {
  fill("3");
  insertImage(client, image("e", 25));
  expect(ids(ALL)).toBe("e d c b a");
  expect(ids(SEARCH)).toBe("d c b a");
});

test("a restored image goes back to its place", () => {
  fill("3");
  insertImage(client, image("x", 12));
  expect(ids(ALL)).toBe("d c x b a");
});

test("an image older than all that is loaded waits for its page, or ends the list", () => {
  fill("3");
  insertImage(client, image("x", 1));
  expect(ids(ALL)).toBe("d c b a");
  fill(null);
  insertImage(client, image("x", 1));
  expect(ids(ALL)).toBe("d c b a x");
});

test("inserting twice shows it once", () => {
  fill("3");
  insertImage(client, image("c", 18));
  expect(ids(ALL)).toBe("d c b a");
});

test("newer facts replace older ones in every list", () => {
  fill("3");
  patchImage(client, image("b", 10, "Ridge at dawn"));
  for (const filters of [ALL, SEARCH]) {
    const list = client.getQueryData<ImageList>(imageListKey(filters));
    expect(list?.pages[1]?.results[0]?.title).toBe("Ridge at dawn");
  }
});

test("dropped images leave every list", () => {
  fill("3");
  dropImages(client, new Set(["d", "a"]));
  expect(ids(ALL)).toBe("c b");
  expect(ids(SEARCH)).toBe("c b");
});
