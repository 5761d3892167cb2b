// @vitest-environment jsdom
import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Image } from "@/api/shapes";
import {
  type ImageFilters,
  type ImageList,
  type ImagePage,
  imageListKey,
  NO_FILTERS,
} from "@/model/images/imageCache";
import { imagesChanged, noteReach, refreshImages, trimmed } from "@/model/images/refresh";

const PAGE = 100;
const PAGES = 50;

let client: QueryClient;
let asked: (string | null)[];

function pageAt(cursor: string | null): ImagePage {
  const number = Number(cursor ?? 0);
  const results = Array.from({ length: PAGE }, (_, at) => ({ id: `${number}-${at}` }) as Image);
  return { results, nextCursor: number + 1 < PAGES ? `${number + 1}` : null };
}

/** A list in view; `settled` answers come at once. */
function view(filters: ImageFilters) {
  type Key = readonly unknown[];
  const observer = new InfiniteQueryObserver<ImagePage, Error, ImageList, Key, string | null>(
    client,
    {
      queryKey: imageListKey(filters),
      queryFn: async ({ pageParam }) => {
        asked.push(pageParam);
        return pageAt(pageParam);
      },
      initialPageParam: null,
      getNextPageParam: (page) => page.nextCursor,
      staleTime: Number.POSITIVE_INFINITY,
    },
  );
  observer.subscribe(() => undefined);
  return observer;
}

async function scrolledTo(pages: number) {
  const list = view(NO_FILTERS);
  await vi.runAllTimersAsync();
  while ((list.getCurrentResult().data?.pages.length ?? 0) < pages) await list.fetchNextPage();
  asked = [];
  return list;
}

beforeEach(() => {
  vi.useFakeTimers();
  client = new QueryClient();
  asked = [];
});

afterEach(() => {
  client.clear();
  vi.useRealTimers();
});

test("sixty uploads in half a minute ask for the list a few times", async () => {
  await scrolledTo(1);
  for (let sent = 0; sent < 60; sent += 1) {
    imagesChanged(client);
    await vi.advanceTimersByTimeAsync(500);
  }
  await vi.runAllTimersAsync();
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.length).toBeLessThanOrEqual(12);
});

test("one upload is seen without a long wait", async () => {
  await scrolledTo(1);
  imagesChanged(client);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([null]);
});

test("what is asked for again reaches as far as one has looked, and no further", async () => {
  const list = await scrolledTo(20);
  noteReach(client, NO_FILTERS, 2 * PAGE + 1);
  await refreshImages(client);
  expect(asked).toEqual([null, "1", "2"]);
  expect([list.getCurrentResult().data?.pages.length, list.getCurrentResult().hasNextPage]).toEqual(
    [3, true],
  );
});

test("a list out of view is asked for when it is next opened, and not before", async () => {
  view({ ...NO_FILTERS, trashed: true }).destroy();
  await vi.runAllTimersAsync();
  asked = [];
  await refreshImages(client);
  expect(asked).toEqual([]);
  view({ ...NO_FILTERS, trashed: true });
  await vi.runAllTimersAsync();
  expect(asked).toEqual([null]);
});

/** Answers what the server held when it was asked, and a second later. */
function slowly(held: { now: string }) {
  return async (): Promise<ImagePage> => {
    const answer = { results: [{ id: held.now } as Image], nextCursor: null };
    await new Promise((arrived) => setTimeout(arrived, 1000));
    return answer;
  };
}

test.each([
  ["in view", true],
  ["out of view by then", false],
])("a first answer from before the change does not count: the list is %s", async (_, isInView) => {
  const held = { now: "before" };
  const options = {
    queryKey: imageListKey(NO_FILTERS),
    queryFn: slowly(held),
    initialPageParam: null,
    getNextPageParam: () => null,
    staleTime: Number.POSITIVE_INFINITY,
  };
  const observed = () =>
    new InfiniteQueryObserver<ImagePage, Error, ImageList, ReturnType<typeof imageListKey>, null>(
      client,
      options,
    );
  const end = observed().subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(500);
  held.now = "after";
  if (!isInView) end();
  void refreshImages(client);
  await vi.runAllTimersAsync();
  const list = observed();
  list.subscribe(() => undefined);
  await vi.runAllTimersAsync();
  expect(list.getCurrentResult().data?.pages[0]?.results[0]?.id).toBe("after");
});

test("a list is cut after the page that holds the image looked at", () => {
  const pages = [pageAt(null), pageAt("1"), pageAt("2")];
  const list: ImageList = { pages, pageParams: [null, "1", "2"] };
  const left = (count: number) => trimmed(list, count).pages.length;
  expect([left(0), left(1), left(PAGE), left(PAGE + 1), left(10 * PAGE)]).toEqual([1, 1, 1, 2, 3]);
  expect(trimmed(list, PAGE + 1).pageParams).toEqual([null, "1"]);
});
