import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, unwrap } from "@/api/client";
import { cursorOf } from "@/api/cursor";
import { type ImageFilters, type ImageList, type ImagePage, imageListKey } from "./imageCache";

const PAGE_SIZE = 100;

async function imagePage(filters: ImageFilters, cursor: string | null): Promise<ImagePage> {
  const { q, tag, state, format, trashed } = filters;
  const query = {
    limit: PAGE_SIZE,
    ...(cursor && { cursor }),
    ...(q && { q }),
    ...(tag && { tag }),
    ...(state && { state }),
    ...(format && { format }),
    ...(trashed && { trashed }),
  };
  const page = await unwrap(api.GET("/api/v1/images", { params: { query } }));
  return { results: page.results, nextCursor: cursorOf(page.next) };
}

/**
 * The images that match, as many pages as have been scrolled to. The cache is kept right by
 * imageCache.ts; asking for a hundred pages again because a window got the focus would help nobody.
 */
export function useImages(filters: ImageFilters) {
  const query = useInfiniteQuery<ImagePage, Error, ImageList, readonly unknown[], string | null>({
    queryKey: imageListKey(filters),
    queryFn: ({ pageParam }) => imagePage(filters, pageParam),
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 10 * 60_000,
  });
  const { data } = query;
  const images = useMemo(() => data?.pages.flatMap((page) => page.results) ?? [], [data]);
  return { ...query, images };
}
