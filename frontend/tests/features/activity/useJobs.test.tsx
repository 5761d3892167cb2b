// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, expect, test, vi } from "vitest";
import type { Job, JobState } from "@/api/shapes";
import { useJobs } from "@/features/activity/useJobs";
import { jobFeedKey } from "@/model/jobs/jobFeed";

vi.mock("@/api/transport", () => ({
  authorizedFetch: async () =>
    Response.json({ results: [job("b", "running", 2), job("a", "succeeded", 1)], next: null }),
}));

afterEach(cleanup);

function job(id: string, state: JobState, at: number): Job {
  return { id, state, created_at: `2026-01-0${at}` } as Job;
}

async function jobsIn(state: JobState | "all", feed: Job[]): Promise<string[]> {
  const client = new QueryClient();
  client.setQueryData(jobFeedKey, feed);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  const { result } = renderHook(() => useJobs(state), { wrapper });
  await waitFor(() => expect(result.current.isSuccess).toBe(true));
  return result.current.jobs.map(({ id, state: now }) => `${id} ${now}`);
}

test("what the feed knows of a job is newer than the list", async () => {
  expect(await jobsIn("all", [job("b", "failed", 2)])).toEqual(["b failed", "a succeeded"]);
});

test("a job that appeared since then comes first, as the newest", async () => {
  const feed = [job("c", "queued", 3), job("b", "running", 2)];
  expect(await jobsIn("all", feed)).toEqual(["c queued", "b running", "a succeeded"]);
});

test("a job that left the state leaves the list of that state", async () => {
  expect(await jobsIn("running", [job("b", "succeeded", 2)])).toEqual([]);
});
