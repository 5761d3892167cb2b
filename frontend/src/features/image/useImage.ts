import { useQuery, useQueryClient } from "@tanstack/react-query";
import { imageKey, knownImage } from "@/model/images/imageCache";
import { fetchImage } from "@/model/images/imageCalls";

/** One image; what the library already knows of it is shown at once. */
export function useImage(id: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: imageKey(id),
    queryFn: () => fetchImage(id),
    placeholderData: () => knownImage(client, id),
  });
}
