import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useSession } from "@/api/session/useSession";
import type { Job } from "@/api/shapes";
import { uploads } from "@/features/uploads/uploads";
import { imagesChanged, imagesMayHaveChanged } from "@/model/images/refresh";
import { useImageNews } from "@/model/images/useImageNews";
import { finishedSince } from "@/model/jobs/finished";
import { jobFeed } from "@/model/jobs/jobFeed";

const feed = jobFeed({
  awaited: () => uploads.awaitedJobs(),
  ahead: () => uploads.unsent(),
});

/**
 * Polls the latest jobs and brings what they changed into the rest of the interface: one question
 * about all jobs, and after it one about all images that they or new uploads have changed.
 */
export function JobWatcher() {
  const client = useQueryClient();
  const { phase } = useSession();
  const { data, dataUpdatedAt } = useQuery({ ...feed, enabled: phase === "active" });
  useImageNews();
  const seen = useRef<ReadonlyMap<string, Job> | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every answer, also one like the last
  useEffect(() => {
    if (!data) return;
    const awaited = new Set(uploads.awaitedJobs());
    uploads.observe(data);
    const finished = finishedSince(seen.current, data, awaited);
    seen.current = new Map(data.map((job) => [job.id, job]));
    if (uploads.takeStored() > 0) imagesChanged(client);
    else if (finished.length > 0) imagesMayHaveChanged(client);
  }, [data, dataUpdatedAt, client]);

  return null;
}
