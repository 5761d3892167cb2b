import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import { api, unwrap } from "@/api/client";
import { PAGE_SIZE_MAX } from "@/api/constants.gen";
import { cursorOf } from "@/api/cursor";
import {
  filterQuery,
  type ImageFilters,
  type ImageList,
  type ImagePage,
  imageListKey,
} from "./imageCache";
import { imagesMayHaveChanged } from "./refresh";

/** Few come first, to be seen soon; who scrolls gets as many at a time as the API gives. */
const FIRST_PAGE_SIZE = 100;
/** A list this old is asked for again when it is opened. */
const OLD_MS = 30_000;

async function imagePage(filters: ImageFilters, cursor: string | null): Promise<ImagePage> {
  const query = {
    limit: cursor ? PAGE_SIZE_MAX : FIRST_PAGE_SIZE,
    ...(cursor && { cursor }),
    ...filterQuery(filters),
  };
  const page = await unwrap(api.GET("/api/v1/images", { params: { query } }));
  return { results: page.results, nextCursor: cursorOf(page.next) };
}

/**
 * The images that match, as many pages as have been scrolled to, and nothing but what the server
 * has answered. `refresh.ts` says when it is asked again: a window that gets the focus must not
 * ask for a hundred pages.
 */
export function useImages(filters: ImageFilters) {
  const client = useQueryClient();
  const query = useInfiniteQuery<ImagePage, Error, ImageList, readonly unknown[], string | null>({
    queryKey: imageListKey(filters),
    queryFn: ({ pageParam }) => imagePage(filters, pageParam),
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10 * 60_000,
  });
  const { data, hasNextPage, isFetching, isFetchNextPageError, isStale } = query;
  const images = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  const hasNone = images.length === 0;

  useEffect(() => {
    const updatedAt = client.getQueryState(imageListKey(filters))?.dataUpdatedAt ?? 0;
    if (updatedAt > 0 && Date.now() - updatedAt > OLD_MS) imagesMayHaveChanged(client);
  }, [client, filters]);

  const { fetchNextPage: fetchPage } = query;
  const fetchNextPage = useCallback(async () => {
    const held = client.getQueryCache().find({ queryKey: imageListKey(filters) });
    const wasStale = held?.isStale();
    // One more page must not take the place of all the pages that are being asked for again,
    if (held?.state.fetchStatus !== "idle") return;
    await fetchPage();
    // nor make up to date what was not.
    if (wasStale) held.invalidate();
  }, [client, filters, fetchPage]);

  // A page without images is no end: the list ends where the server gives no cursor.
  useEffect(() => {
    if (hasNone && hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNone, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  // That there is nothing is said of an answer that is up to date, and of no other.
  const isUpToDate = query.isSuccess && !isFetching && !isStale;
  const isEmpty = hasNone && isUpToDate && !hasNextPage;
  const isWaiting = hasNone && !isEmpty && !query.isError;
  return { ...query, images, isEmpty, isWaiting, fetchNextPage };
}
