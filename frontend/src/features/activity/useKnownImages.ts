import { useQueryClient } from "@tanstack/react-query";
import type { Image } from "@/api/shapes";
import { type ImageList, NO_FILTERS } from "@/model/images/imageCache";
import { useImages } from "@/model/images/useImages";
import { useOverview } from "@/model/useOverview";

/**
 * Images by id, as far as they are in memory. The library's first page is asked for when it is not
 * there yet: one request that gives most jobs a face, instead of one for each of them.
 */
export function useKnownImages(): ReadonlyMap<string, Image> {
  const client = useQueryClient();
  const recent = useOverview().data?.images ?? [];
  const { images } = useImages(NO_FILTERS);
  const known = new Map([...recent, ...images].map((image) => [image.id, image]));
  for (const [, list] of client.getQueriesData<ImageList>({ queryKey: ["images", "list"] })) {
    for (const page of list?.pages ?? []) {
      for (const image of page.results) known.set(image.id, image);
    }
  }
  return known;
}
