import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Job } from "@/api/shapes";
import { patchImage } from "@/features/library/imageCache";
import { fetchImage } from "@/features/library/imageCalls";
import { useSession } from "@/features/session/useSession";
import { uploads } from "@/features/uploads/uploads";
import { finishedSince } from "./finished";
import { jobFeed } from "./jobFeed";

/** Polls the latest jobs and brings what they changed into the rest of the interface. */
export function JobWatcher() {
  const client = useQueryClient();
  const { phase } = useSession();
  const { data } = useQuery({
    ...jobFeed(() => uploads.awaitedJobs()),
    enabled: phase === "active",
  });
  const seen = useRef<ReadonlyMap<string, Job> | null>(null);

  useEffect(() => {
    if (!data) return;
    uploads.observe(data);
    const finished = finishedSince(seen.current, data);
    seen.current = new Map(data.map((job) => [job.id, job]));
    for (const imageId of new Set(finished.flatMap((job) => job.image_id ?? []))) {
      // A picture that is gone meanwhile needs no newer facts.
      fetchImage(imageId).then(
        (image) => patchImage(client, image),
        () => undefined,
      );
    }
    if (finished.length > 0) void client.invalidateQueries({ queryKey: ["overview"] });
  }, [data, client]);

  return null;
}
