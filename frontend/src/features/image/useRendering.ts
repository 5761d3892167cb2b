import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { Ops, Rendition } from "@/api/shapes";
import { placeImage } from "@/features/library/imageCache";
import { isReady } from "./sources";

const FIRST_POLL_MS = 400;
const SLOWEST_POLL_MS = 4000;

/**
 * The rendition that `ops` describe, asked for again until it is made; null asks for nothing.
 * The same request always names the same rendition, so asking twice makes nothing twice.
 */
export function useRendering(imageId: string, ops: Ops | null) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ["images", "rendering", imageId, ops],
    enabled: ops !== null,
    queryFn: async (): Promise<Rendition | null> => {
      const reply = await unwrap(
        api.POST("/api/v1/images/{image_id}/renditions", {
          params: { path: { image_id: imageId } },
          body: { ops: ops ?? {} },
        }),
      );
      placeImage(client, reply.image);
      return reply.renditions[0] ?? null;
    },
    refetchInterval: ({ state }) => {
      const rendition = state.data;
      if (!rendition || isReady(rendition) || rendition.state === "failed") return false;
      return Math.min(FIRST_POLL_MS * 1.4 ** state.dataUpdateCount, SLOWEST_POLL_MS);
    },
    staleTime: 60_000,
  });
}
