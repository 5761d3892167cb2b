import { useQueryClient } from "@tanstack/react-query";
import type { Image } from "@/api/shapes";
import { useOverview } from "@/app/useOverview";
import type { ImageList } from "@/features/library/imageCache";

/**
 * Images that are in memory anyway, by id: enough to give most jobs a face without a request for
 * each of them.
 */
export function useKnownImages(): ReadonlyMap<string, Image> {
  const client = useQueryClient();
  const recent = useOverview().data?.images ?? [];
  const known = new Map(recent.map((image) => [image.id, image]));
  for (const [, list] of client.getQueriesData<ImageList>({ queryKey: ["images", "list"] })) {
    for (const page of list?.pages ?? []) {
      for (const image of page.results) known.set(image.id, image);
    }
  }
  return known;
}
