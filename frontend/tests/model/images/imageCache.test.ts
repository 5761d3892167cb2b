import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test } from "vitest";
import type { Image } from "@/api/shapes";
import {
  type ImageFilters,
  type ImageList,
  imageListKey,
  placeImage,
} from "@/model/images/imageCache";

const ALL: ImageFilters = { q: "", tag: "", state: "", format: "", trashed: false };
const SEARCH: ImageFilters = { ...ALL, q: "ridge" };

const image = (id: string, day: number, title = id) =>
  ({
    id,
    title,
    created_at: `2026-01-${String(day).padStart(2, "0")}T00:00:00Z`,
    state: "ready",
    tags: [] as string[],
    trashed_at: null,
  }) as Image;

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

const isOutOfDate = (filters: ImageFilters) =>
  client.getQueryState(imageListKey(filters))?.isInvalidated;

test("newer facts replace older ones in every list that shows the image", () => {
  fill("3");
  placeImage(client, image("b", 10, "Ridge at dawn"));
  for (const filters of [ALL, SEARCH]) {
    const list = client.getQueryData<ImageList>(imageListKey(filters));
    expect(list?.pages[1]?.results[0]?.title).toBe("Ridge at dawn");
  }
});

test("an image joins no list and leaves none: the server says which hold it", () => {
  fill("3");
  placeImage(client, image("e", 25));
  placeImage(client, { ...image("c", 18), trashed_at: "2026-02-01T00:00:00Z" });
  expect([ids(ALL), ids(SEARCH)]).toEqual(["d c b a", "d c b a"]);
});

test("an older answer that comes late does not undo a newer one", () => {
  fill("3");
  const at = (second: number, state: Image["state"]) =>
    ({ ...image("d", 20), state, updated_at: `2026-01-25T00:00:0${second}.5Z` }) as Image;
  const shown = () => client.getQueryData<ImageList>(imageListKey(ALL))?.pages[0]?.results[0];
  placeImage(client, at(2, "ready"));
  placeImage(client, at(1, "processing"));
  expect(shown()?.state).toBe("ready");
  placeImage(client, at(3, "processing"));
  expect(shown()?.state).toBe("processing");
});

test("a list that is out of date stays so, whatever is placed in it", () => {
  fill("3");
  client
    .getQueryCache()
    .find({ queryKey: imageListKey(ALL) })
    ?.invalidate();
  placeImage(client, image("b", 10, "Ridge at dawn"));
  expect([isOutOfDate(ALL), isOutOfDate(SEARCH)]).toEqual([true, false]);
});
