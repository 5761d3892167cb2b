import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { ApiProblem } from "@/api/problem";
import type { Image, Job, Ops, Rendition } from "@/api/shapes";
import { placeImage } from "@/model/images/imageCache";
import { fetchImage } from "@/model/images/imageCalls";
import { fetchJob } from "@/model/jobs/jobCalls";
import { jobProblem } from "@/model/jobs/jobProblem";

const FIRST_POLL_MS = 400;
const SLOWEST_POLL_MS = 4000;

export interface Rendering {
  rendition: Rendition;
  /** What makes it; null when it was there. */
  jobId: string | null;
  /** Why it could not be made. */
  failure: ApiProblem | null;
}

/**
 * The rendition that `ops` describe, looked at again until it is made; null asks for nothing.
 * It is asked for once: asking anew for one that has failed would make it fail again, without end.
 */
export function useRendering(image: Image, ops: Ops | null) {
  const client = useQueryClient();
  const queryKey = ["images", "rendering", image.id, ops];
  return useQuery({
    queryKey,
    enabled: ops !== null,
    queryFn: async (): Promise<Rendering | null> => {
      const before = client.getQueryData<Rendering | null>(queryKey);
      return before?.rendition.state === "pending"
        ? watched(client, image.id, before)
        : asked(client, image.id, ops ?? {});
    },
    refetchInterval: ({ state }) => {
      if (state.data?.rendition.state !== "pending") return false;
      return Math.min(FIRST_POLL_MS * 1.4 ** state.dataUpdateCount, SLOWEST_POLL_MS);
    },
    staleTime: 60_000,
  });
}

async function asked(client: QueryClient, imageId: string, ops: Ops): Promise<Rendering | null> {
  const reply = await unwrap(
    api.POST("/api/v1/images/{image_id}/renditions", {
      params: { path: { image_id: imageId } },
      body: { ops },
    }),
  );
  placeImage(client, reply.image);
  const [rendition] = reply.renditions;
  return rendition ? { rendition, jobId: reply.job?.id ?? null, failure: null } : null;
}

async function watched(
  client: QueryClient,
  imageId: string,
  before: Rendering,
): Promise<Rendering | null> {
  const image = await fetchImage(imageId);
  placeImage(client, image);
  const rendition = image.renditions.find(({ id }) => id === before.rendition.id);
  if (!rendition) return null;
  if (rendition.state !== "failed") return { ...before, rendition };
  return { ...before, rendition, failure: jobProblem(await jobOf(before)) };
}

async function jobOf({ jobId }: Rendering): Promise<Job | null> {
  return jobId === null ? null : fetchJob(jobId);
}
