import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Image } from "@/api/shapes";
import { type ImageList, imageKey } from "@/features/library/imageCache";
import { fetchImage } from "@/features/library/imageCalls";

/** One image; what the library already knows of it is shown at once. */
export function useImage(id: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: imageKey(id),
    queryFn: () => fetchImage(id),
    placeholderData: () =>
      listed(client.getQueriesData<ImageList>({ queryKey: ["images", "list"] }), id),
  });
}

function listed(lists: [unknown, ImageList | undefined][], id: string): Image | undefined {
  for (const [, list] of lists) {
    for (const page of list?.pages ?? []) {
      const found = page.results.find((image) => image.id === id);
      if (found) return found;
    }
  }
  return undefined;
}
