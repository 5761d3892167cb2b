import type { Job } from "@/api/shapes";
import { isActive } from "./isActive";

/**
 * Jobs that are over now and were not before. On the first look (`before` is null) only those are
 * news that somebody here has been waiting for.
 */
export function finishedSince(
  before: ReadonlyMap<string, Job> | null,
  now: readonly Job[],
  awaited: ReadonlySet<string>,
): Job[] {
  return now.filter((job) => {
    if (isActive(job)) return false;
    const earlier = before?.get(job.id);
    const isNew = before !== null && (earlier === undefined || isActive(earlier));
    return isNew || awaited.has(job.id);
  });
}
