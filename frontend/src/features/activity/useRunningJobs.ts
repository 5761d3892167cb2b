import { useQuery } from "@tanstack/react-query";
import { isActive } from "@/model/jobs/isActive";
import { heldJobs } from "@/model/jobs/jobFeed";

/** Why the latest jobs could not be fetched; null while they can be. */
export function useFeedProblem(): Error | null {
  return useQuery(heldJobs).error;
}

/** How many of the latest jobs are queued or running; the feed itself is polled by `JobWatcher`. */
export function useRunningJobs(): number {
  const { data } = useQuery(heldJobs);
  return (data ?? []).filter(isActive).length;
}
