/** The latest jobs, polled once for the whole interface. */
import { queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import type { Job } from "@/api/shapes";
import { nextPollMs } from "./backoff";
import { isActive } from "./isActive";

export const jobFeedKey = ["jobs", "feed"] as const;

const FEED_SIZE = 50;
/** Jobs outside the feed that are asked for one by one, each round. */
const STRAYS_PER_ROUND = 10;

let quietRounds = 0;
let lastSeen = "";

/** A refusal brings nothing new either: who cannot answer is not asked at the first pace. */
async function latestJobs(): Promise<Job[]> {
  const query = { limit: FEED_SIZE };
  try {
    const page = await unwrap(api.GET("/api/v1/jobs", { params: { query } }));
    return page.results;
  } catch (error) {
    quietRounds += 1;
    throw error;
  }
}

function countQuietRound(jobs: Job[]): void {
  const seen = JSON.stringify(jobs);
  quietRounds = seen === lastSeen ? quietRounds + 1 : 0;
  lastSeen = seen;
}

async function strays(awaited: string[], known: Job[]): Promise<Job[]> {
  const listed = new Set(known.map((job) => job.id));
  const missing = awaited.filter((id) => !listed.has(id)).slice(0, STRAYS_PER_ROUND);
  const get = (id: string) =>
    unwrap(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));
  const answers = await Promise.allSettled(missing.map(get));
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}

/** `awaitedJobs`: ids that somebody waits for even when newer jobs crowd them out of the feed. */
export function jobFeed(awaitedJobs: () => string[]) {
  return queryOptions({
    queryKey: jobFeedKey,
    queryFn: async (): Promise<Job[]> => {
      const latest = await latestJobs();
      const jobs = [...latest, ...(await strays(awaitedJobs(), latest))];
      countQuietRound(jobs);
      return jobs;
    },
    refetchInterval: (query) => {
      const active = awaitedJobs().length > 0 || (query.state.data ?? []).some(isActive);
      return nextPollMs(active, quietRounds);
    },
    staleTime: 0,
  });
}
