import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Job } from "@/api/shapes";
import { imagesMayHaveChanged } from "@/features/library/refresh";
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
    const awaited = new Set(uploads.awaitedJobs());
    uploads.observe(data);
    const finished = finishedSince(seen.current, data, awaited);
    seen.current = new Map(data.map((job) => [job.id, job]));
    if (finished.length > 0) imagesMayHaveChanged(client);
  }, [data, client]);

  return null;
}
