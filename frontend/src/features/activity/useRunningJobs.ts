import { useQuery } from "@tanstack/react-query";
import type { Job } from "@/api/shapes";
import { isActive } from "@/model/jobs/isActive";
import { jobFeedKey } from "@/model/jobs/jobFeed";

/** Why the latest jobs cannot be told; null while they can. */
export function useFeedProblem(): Error | null {
  return useQuery<Job[]>({ queryKey: jobFeedKey, enabled: false }).error;
}

/** How many of the latest jobs are queued or running; the feed itself is polled by `JobWatcher`. */
export function useRunningJobs(): number {
  const { data } = useQuery<Job[]>({ queryKey: jobFeedKey, enabled: false });
  return (data ?? []).filter(isActive).length;
}
