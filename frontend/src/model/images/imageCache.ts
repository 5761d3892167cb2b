/**
 * What this tab holds of images: answers of the server, as they came. Which images a list holds is
 * for the server to say; `refresh.ts` asks it again.
 */
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

export const LISTS = ["images", "list"] as const;
export const DETAILS = ["images", "detail"] as const;

export const imageListKey = (filters: ImageFilters) => [...LISTS, filters] as const;
export const imageKey = (id: string) => [...DETAILS, id] as const;

export function isUnfiltered(filters: ImageFilters): boolean {
  return !filters.q && !filters.tag && !filters.state && !filters.format && !filters.trashed;
}

/** The filters as the API takes them: without those that do not narrow. */
export function filterQuery({ q, tag, state, format, trashed }: ImageFilters) {
  return {
    ...(q && { q }),
    ...(tag && { tag }),
    ...(state && { state }),
    ...(format && { format }),
    ...(trashed && { trashed }),
  };
}

/** Changes what is held of lists without making them newer: one to be asked for again stays so. */
export function changeLists(
  client: QueryClient,
  change: (list: ImageList, queryHash: string) => ImageList,
): void {
  for (const query of client.getQueryCache().findAll({ queryKey: LISTS })) {
    const { data, dataUpdatedAt: updatedAt, isInvalidated } = query.state;
    const list = data as ImageList | undefined;
    const changed = list && change(list, query.queryHash);
    if (!changed || changed === list) continue;
    client.setQueryData(query.queryKey, changed, { updatedAt });
    if (isInvalidated) query.invalidate();
  }
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

function isListed(list: ImageList, id: string): boolean {
  return list.pages.some(({ results }) => results.some((entry) => entry.id === id));
}

/**
 * Shows newer facts of an image in its place, wherever it is shown. It joins no list by that, and
 * leaves none.
 */
export function placeImage(client: QueryClient, image: Image): void {
  // Answers overtake each other: one that was asked for earlier may come later.
  const known = allKnown(client, image.id);
  if (known.some((one) => Date.parse(one.updated_at) > Date.parse(image.updated_at))) return;
  client.setQueryData(imageKey(image.id), image);
  changeLists(client, (list) => {
    if (!isListed(list, image.id)) return list;
    const placed = (entry: Image): Image => (entry.id === image.id ? image : entry);
    const pages = list.pages.map((page) => ({ ...page, results: page.results.map(placed) }));
    return { ...list, pages };
  });
}
