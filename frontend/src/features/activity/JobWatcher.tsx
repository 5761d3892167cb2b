import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { asProblem } from "@/api/problem";
import type { Job } from "@/api/shapes";
import { dropImages, placeImage } from "@/features/library/imageCache";
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
  // An answer that comes when somebody else is signed in is not for them.
  const here = useRef(true);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  useEffect(() => {
    if (!data) return;
    const awaited = new Set(uploads.awaitedJobs());
    uploads.observe(data);
    const finished = finishedSince(seen.current, data, awaited);
    seen.current = new Map(data.map((job) => [job.id, job]));
    for (const imageId of new Set(finished.flatMap((job) => job.image_id ?? []))) {
      fetchImage(imageId).then(
        (image) => here.current && placeImage(client, image),
        (error: unknown) => {
          if (asProblem(error).status === 404) dropImages(client, new Set([imageId]));
        },
      );
    }
    if (finished.length > 0) void client.invalidateQueries({ queryKey: ["overview"] });
  }, [data, client]);

  return null;
}
