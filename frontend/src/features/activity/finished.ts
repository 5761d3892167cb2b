import type { Job } from "@/api/shapes";
import { isActive } from "./isActive";

/** Jobs that are over now and were not before. On the first look (`before` is null) none is news. */
export function finishedSince(before: ReadonlyMap<string, Job> | null, now: readonly Job[]): Job[] {
  if (before === null) return [];
  return now.filter((job) => {
    const earlier = before.get(job.id);
    return !isActive(job) && (earlier === undefined || isActive(earlier));
  });
}
