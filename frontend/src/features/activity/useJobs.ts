import { type InfiniteData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, unwrap } from "@/api/client";
import { cursorOf } from "@/api/cursor";
import type { Job, JobState } from "@/api/shapes";
import { heldJobs } from "@/model/jobs/jobFeed";

interface JobPage {
  results: Job[];
  nextCursor: string | null;
}

const PAGE_SIZE = 50;

/** Jobs, newest first, in one state or in all; what the feed knows newer is taken from there. */
export function useJobs(state: JobState | "all") {
  const query = useInfiniteQuery<
    JobPage,
    Error,
    InfiniteData<JobPage, string | null>,
    readonly unknown[],
    string | null
  >({
    queryKey: ["jobs", "list", state],
    queryFn: async ({ pageParam }) => {
      const page = await unwrap(
        api.GET("/api/v1/jobs", {
          params: {
            query: {
              limit: PAGE_SIZE,
              ...(pageParam && { cursor: pageParam }),
              ...(state !== "all" && { state }),
            },
          },
        }),
      );
      return { results: page.results, nextCursor: cursorOf(page.next) };
    },
    initialPageParam: null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const feed = useQuery(heldJobs).data;
  const { data } = query;

  const jobs = useMemo(() => {
    const listed = data?.pages.flatMap((page) => page.results) ?? [];
    const newer = new Map((feed ?? []).map((job) => [job.id, job]));
    const known = new Set(listed.map((job) => job.id));
    const appeared = data ? (feed ?? []).filter((job) => !known.has(job.id)) : [];
    return [...appeared, ...listed.map((job) => newer.get(job.id) ?? job)]
      .filter((job) => state === "all" || job.state === state)
      .sort((a, b) => b.created_at.localeCompare(a.created_at));
  }, [data, feed, state]);
  return { ...query, jobs };
}
