import { useQuery, useQueryClient } from "@tanstack/react-query";
import { imageKey, knownImage } from "@/features/library/imageCache";
import { fetchImage } from "@/features/library/imageCalls";

/** One image; what the library already knows of it is shown at once. */
export function useImage(id: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: imageKey(id),
    queryFn: () => fetchImage(id),
    placeholderData: () => knownImage(client, id),
  });
}
