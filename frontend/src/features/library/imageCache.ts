/** Keeps the cached lists of images right without fetching hundreds of pages again. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Image, ImageFormat, ImageState } from "@/api/shapes";

export interface ImageFilters {
  q: string;
  tag: string;
  state: ImageState | "";
  format: ImageFormat | "";
  trashed: boolean;
}

/** The library as it opens. */
export const NO_FILTERS: ImageFilters = { q: "", tag: "", state: "", format: "", trashed: false };

export interface ImagePage {
  results: Image[];
  /** Opaque cursor of the next page; null after the last. */
  nextCursor: string | null;
}

export type ImageList = InfiniteData<ImagePage, string | null>;

const LISTS = ["images", "list"] as const;

export const imageListKey = (filters: ImageFilters) => [...LISTS, filters] as const;
export const imageKey = (id: string) => ["images", "detail", id] as const;

export function isUnfiltered(filters: ImageFilters): boolean {
  return !filters.q && !filters.tag && !filters.state && !filters.format && !filters.trashed;
}

/** Changes lists without making them newer: one that is to be asked for again stays so. */
function changeLists(
  client: QueryClient,
  change: (list: ImageList, filters: ImageFilters) => ImageList,
): void {
  for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
    const { data, dataUpdatedAt: updatedAt, isInvalidated } = query.state;
    const list = data as ImageList | undefined;
    const changed = list && change(list, query.queryKey[2] as ImageFilters);
    if (!changed || changed === list) continue;
    client.setQueryData(query.queryKey, changed, { updatedAt });
    if (isInvalidated) query.invalidate();
  }
}

function mapResults(list: ImageList, change: (results: Image[]) => Image[]): ImageList {
  return {
    ...list,
    pages: list.pages.map((page) => ({ ...page, results: change(page.results) })),
  };
}

function allKnown(client: QueryClient, id: string): Image[] {
  const lists = client.getQueriesData<ImageList>({ queryKey: LISTS });
  const pages = lists.flatMap(([, list]) => list?.pages ?? []);
  const listed = pages.flatMap(({ results }) => results.filter((entry) => entry.id === id));
  const detail = client.getQueryData<Image>(imageKey(id));
  return detail ? [detail, ...listed] : listed;
}

/** What the cache says of an image, from wherever it is known. */
export function knownImage(client: QueryClient, id: string): Image | undefined {
  return allKnown(client, id)[0];
}

/** Whether the same filters choose it: nothing that can be searched or filtered by is different. */
function isFoundAlike(a: Image, b: Image): boolean {
  return (
    a.title === b.title &&
    a.state === b.state &&
    a.format === b.format &&
    a.trashed_at === b.trashed_at &&
    String(a.tags) === String(b.tags)
  );
}

function isListed(list: ImageList, id: string): boolean {
  return list.pages.some(({ results }) => results.some((entry) => entry.id === id));
}

/** The list with `image` as it is now: in its place, or no longer there. */
function updated(list: ImageList, image: Image, filters: ImageFilters): ImageList {
  const belongs = filters.trashed === Boolean(image.trashed_at);
  if (!isListed(list, image.id))
    return belongs && isUnfiltered(filters) ? inserted(list, image) : list;
  return mapResults(list, (all) =>
    all.flatMap((entry) => (entry.id !== image.id ? entry : belongs ? image : [])),
  );
}

/**
 * Shows what is now true of an image, new or known, wherever it is or should be listed. Which
 * searches find it, only the server can say: they are asked for again when that may have changed.
 */
export function placeImage(client: QueryClient, image: Image): void {
  const known = allKnown(client, image.id);
  // Answers overtake each other: that of an upload may come after the news that it is ready.
  if (known.some((one) => Date.parse(one.updated_at) > Date.parse(image.updated_at))) return;
  client.setQueryData(imageKey(image.id), image);
  changeLists(client, (list, filters) => updated(list, image, filters));
  const isNews = known.length === 0 || known.some((before) => !isFoundAlike(before, image));
  if (isNews) askFilteredListsAgain(client);
}

/** Takes images off every list, as soon as the server has agreed. */
export function dropImages(client: QueryClient, ids: ReadonlySet<string>): void {
  changeLists(client, (list) =>
    mapResults(list, (all) => all.filter((entry) => !ids.has(entry.id))),
  );
}

/** Newest first, and by id where the moment is the same: the order of the API's pages. */
function comesBefore(a: Image, b: Image): boolean {
  if (a.created_at !== b.created_at) return a.created_at > b.created_at;
  return a.id > b.id;
}

function inserted(list: ImageList, image: Image): ImageList {
  const pages = list.pages.map((page) => ({ ...page, results: [...page.results] }));
  for (const page of pages) {
    const at = page.results.findIndex((entry) => comesBefore(image, entry));
    if (at < 0) continue;
    page.results.splice(at, 0, image);
    return { ...list, pages };
  }
  // Older than all that is loaded: at the end, unless a page still to come will bring it.
  const last = pages.at(-1);
  if (last?.nextCursor === null) last.results.push(image);
  return { ...list, pages };
}

/** Many changes in a row are one reason to ask. */
const PAUSE_MS = 400;
/** A list that was scrolled further is asked again when it is next opened. */
const PAGES_AT_ONCE = 5;

const planned = new WeakMap<QueryClient, ReturnType<typeof setTimeout>>();

/** Lists with filters are out of date: those being looked at are asked for again in their place. */
function askFilteredListsAgain(client: QueryClient): void {
  clearTimeout(planned.get(client));
  const ask = (): void => {
    for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
      const filters = query.queryKey[2] as ImageFilters;
      const pages = (query.state.data as ImageList | undefined)?.pages.length ?? 0;
      if (filters.trashed || isUnfiltered(filters)) continue;
      query.invalidate();
      if (query.isActive() && pages <= PAGES_AT_ONCE) {
        void client.refetchQueries({ queryKey: query.queryKey, exact: true });
      }
    }
  };
  planned.set(client, setTimeout(ask, PAUSE_MS));
}

/** Asks the server again, from the first page, for the lists that nobody can keep right here. */
export function resetImageLists(
  client: QueryClient,
  where: (filters: ImageFilters) => boolean,
): Promise<void> {
  return client.resetQueries({
    queryKey: LISTS,
    predicate: (query) => where(query.queryKey[2] as ImageFilters),
  });
}
