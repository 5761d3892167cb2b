/** Keeps the cached lists of images right without fetching hundreds of pages again. */
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import type { Image, ImageState } from "@/api/shapes";

export interface ImageFilters {
  q: string;
  tag: string;
  state: ImageState | "";
  format: string;
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

function mapResults(list: ImageList, change: (results: Image[]) => Image[]): ImageList {
  return {
    ...list,
    pages: list.pages.map((page) => ({ ...page, results: change(page.results) })),
  };
}

/** Shows newer facts about one image everywhere that it is listed. */
export function patchImage(client: QueryClient, image: Image): void {
  client.setQueryData(imageKey(image.id), image);
  client.setQueriesData<ImageList>(
    { queryKey: LISTS },
    (list) =>
      list &&
      mapResults(list, (all) => all.map((entry) => (entry.id === image.id ? image : entry))),
  );
}

/** Takes images off every list, as soon as the server has agreed. */
export function dropImages(client: QueryClient, ids: ReadonlySet<string>): void {
  client.setQueriesData<ImageList>(
    { queryKey: LISTS },
    (list) => list && mapResults(list, (all) => all.filter((entry) => !ids.has(entry.id))),
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

/** Puts an image in its place in the list without filters; filtered lists ask the server again. */
export function insertImage(client: QueryClient, image: Image): void {
  dropImages(client, new Set([image.id]));
  for (const [key, list] of client.getQueriesData<ImageList>({ queryKey: LISTS })) {
    if (!list || !isUnfiltered(key[2] as ImageFilters)) continue;
    client.setQueryData<ImageList>(key, inserted(list, image));
  }
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
