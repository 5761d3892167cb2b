/** The latest jobs, polled once for the whole interface. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { PAGE_SIZE_MAX } from "@/api/constants.gen";
import { cursorOf } from "@/api/cursor";
import type { Job } from "@/api/shapes";
import { isActive } from "./isActive";
import { fetchJob } from "./jobCalls";
import { Pace } from "./pace";

export const jobFeedKey = ["jobs", "feed"] as const;

/** The page that everybody sees is small; who waits for many jobs reads on, in larger pages. */
const FEED_SIZE = 50;
const PAGES_AT_MOST = 5;
/** Awaited jobs that are older than all that: asked for one by one, a few each round. */
const STRAYS_PER_ROUND = 5;

export interface FeedNeeds {
  /** Ids of jobs that somebody waits for even when newer jobs crowd them out of the feed. */
  awaited(): string[];
  /** Files that will become jobs. */
  ahead(): number;
}

async function page(limit: number, cursor: string | null) {
  const query = { limit, ...(cursor && { cursor }) };
  const { results, next } = await unwrap(api.GET("/api/v1/jobs", { params: { query } }));
  return { jobs: results, cursor: cursorOf(next) };
}

/** The newest jobs, as far back as the oldest that is awaited. */
async function latestJobs(awaited: readonly string[]): Promise<Job[]> {
  const limit = awaited.length > FEED_SIZE / 2 ? PAGE_SIZE_MAX : FEED_SIZE;
  const missing = new Set(awaited);
  const found: Job[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < PAGES_AT_MOST; pages += 1) {
    const answer = await page(limit, cursor);
    found.push(...answer.jobs);
    for (const { id } of answer.jobs) missing.delete(id);
    cursor = answer.cursor;
    if (missing.size === 0 || cursor === null) break;
  }
  return [...found, ...(await strays([...missing]))];
}

async function strays(ids: readonly string[]): Promise<Job[]> {
  const answers = await Promise.allSettled(ids.slice(0, STRAYS_PER_ROUND).map(fetchJob));
  return answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}

/** What one feed remembers between two questions. */
class Feed {
  private readonly pace = new Pace();
  private lastSeen = "";
  private idle = true;

  constructor(private readonly needs: FeedNeeds) {}

  async ask(): Promise<Job[]> {
    const awaited = this.needs.awaited();
    try {
      const jobs = await latestJobs(awaited);
      this.note(jobs, new Set(awaited));
      return jobs;
    } catch (error) {
      this.pace.failed();
      throw error;
    }
  }

  private note(jobs: Job[], awaited: ReadonlySet<string>): void {
    const seen = JSON.stringify(jobs);
    const ended = jobs.filter((job) => awaited.has(job.id) && !isActive(job)).length;
    const left = awaited.size - ended + this.needs.ahead();
    this.pace.answered({ changed: seen !== this.lastSeen, ended, left });
    this.lastSeen = seen;
  }

  nextMs(jobs: readonly Job[]): number {
    const active = this.needs.awaited().length > 0 || jobs.some(isActive);
    this.idle = !active;
    return this.pace.nextMs(active);
  }

  /** True once, when nobody would ask for a while. */
  wakes(): boolean {
    const idle = this.idle;
    this.idle = false;
    return idle;
  }
}

let feed: Feed | null = null;

export function jobFeed(needs: FeedNeeds) {
  const current = new Feed(needs);
  feed = current;
  return queryOptions({
    queryKey: jobFeedKey,
    queryFn: () => current.ask(),
    refetchInterval: (query) => current.nextMs(query.state.data ?? []),
    staleTime: 0,
  });
}

/** The last answer of the feed; reading it sends no request. */
export const heldJobs = queryOptions({
  queryKey: jobFeedKey,
  queryFn: () => feed?.ask() ?? Promise.resolve<Job[]>([]),
  enabled: false,
});

/** A job has begun here. While the feed is at work, its next question is soon enough. */
export function wakeJobFeed(client: QueryClient): void {
  if (feed?.wakes()) void client.invalidateQueries({ queryKey: jobFeedKey });
}
