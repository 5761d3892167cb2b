import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Image } from "@/api/shapes";
import {
  dropImages,
  type ImageFilters,
  type ImageList,
  type ImagePage,
  imageListKey,
  placeImage,
} from "@/features/library/imageCache";

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
  vi.useFakeTimers();
  client = new QueryClient();
});

afterEach(() => vi.useRealTimers());

test("a new image comes first, and only where nothing is filtered", () => {
  fill("3");
  placeImage(client, image("e", 25));
  expect(ids(ALL)).toBe("e d c b a");
  expect(ids(SEARCH)).toBe("d c b a");
});

test("an older answer that comes late does not undo a newer one", () => {
  fill("3");
  const at = (second: number, state: Image["state"]) =>
    ({ ...image("e", 25), state, updated_at: `2026-01-25T00:00:0${second}.5Z` }) as Image;
  placeImage(client, at(2, "ready"));
  placeImage(client, at(1, "processing"));
  const shown = client.getQueryData<ImageList>(imageListKey(ALL))?.pages[0]?.results[0];
  expect([shown?.id, shown?.state]).toEqual(["e", "ready"]);
  placeImage(client, at(3, "processing"));
  expect(client.getQueryData<ImageList>(imageListKey(ALL))?.pages[0]?.results[0]?.state).toBe(
    "processing",
  );
});

test("a restored image goes back to its place", () => {
  fill("3");
  placeImage(client, image("x", 12));
  expect(ids(ALL)).toBe("d c x b a");
});

test("an image older than all that is loaded waits for its page, or ends the list", () => {
  fill("3");
  placeImage(client, image("x", 1));
  expect(ids(ALL)).toBe("d c b a");
  fill(null);
  placeImage(client, image("x", 1));
  expect(ids(ALL)).toBe("d c b a x");
});

test("inserting twice shows it once", () => {
  fill("3");
  placeImage(client, image("c", 18));
  expect(ids(ALL)).toBe("d c b a");
});

test("newer facts replace older ones in every list", () => {
  fill("3");
  placeImage(client, image("b", 10, "Ridge at dawn"));
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

const TRASH: ImageFilters = { ...ALL, trashed: true };
const isOutOfDate = (filters: ImageFilters) =>
  client.getQueryState(imageListKey(filters))?.isInvalidated;

test.each([
  ["a new image", image("e", 25)],
  ["another title", image("b", 10, "Ridge at dawn")],
  ["other tags", { ...image("b", 10), tags: ["alps"] }],
  ["another state", { ...image("b", 10), state: "failed" as const }],
])("%s: what was searched for is asked for again, and nothing else", (_, news) => {
  fill("3");
  placeImage(client, news);
  vi.runAllTimers();
  expect([isOutOfDate(SEARCH), isOutOfDate(ALL)]).toEqual([true, false]);
  placeImage(client, { ...news, links: {} } as Image); // changes no search, and clears nothing
  expect(isOutOfDate(SEARCH)).toBe(true);
});

test("new links of a known image are no reason to search again", () => {
  fill("3");
  placeImage(client, { ...image("b", 10), renditions: [] });
  vi.runAllTimers();
  expect(isOutOfDate(SEARCH)).toBe(false);
});

test("a search in view is asked for once after many changes", async () => {
  const found = vi.fn(async () => ({ results: [image("d", 20)], nextCursor: null }));
  const search = new InfiniteQueryObserver<ImagePage, Error, ImageList, readonly unknown[], null>(
    client,
    {
      queryKey: imageListKey(SEARCH),
      queryFn: found,
      initialPageParam: null,
      getNextPageParam: () => null,
      staleTime: Number.POSITIVE_INFINITY,
    },
  );
  const stop = search.subscribe(() => undefined);
  await vi.runAllTimersAsync();
  expect(found).toHaveBeenCalledTimes(1);
  for (const id of ["x", "y", "z"]) placeImage(client, image(id, 25));
  await vi.runAllTimersAsync();
  expect(found).toHaveBeenCalledTimes(2);
  stop();
});

test("an image that was restored is in the library, one in the trash is not", () => {
  const trashed = { ...image("x", 12), trashed_at: "2026-02-01T00:00:00Z" };
  client.setQueryData<ImageList>(imageListKey(TRASH), {
    pages: [{ results: [trashed], nextCursor: null }],
    pageParams: [null],
  });
  fill("3");
  placeImage(client, trashed);
  expect([ids(ALL), ids(TRASH)]).toEqual(["d c b a", "x"]);
  placeImage(client, { ...trashed, trashed_at: null });
  expect([ids(ALL), ids(TRASH)]).toEqual(["d c x b a", ""]);
});
