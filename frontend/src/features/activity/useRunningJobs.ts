import { useQuery } from "@tanstack/react-query";
import type { Job } from "@/api/shapes";
import { isActive } from "./isActive";
import { jobFeedKey } from "./jobFeed";

/** How many of the latest jobs are queued or running; the feed itself is polled by `JobWatcher`. */
export function useRunningJobs(): number {
  const { data } = useQuery<Job[]>({ queryKey: jobFeedKey, enabled: false });
  return (data ?? []).filter(isActive).length;
}
