// @vitest-environment jsdom
import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announceAccess } from "@/api/session/sessionChannel";
import { jobFeed } from "@/model/jobs/jobFeed";

const jobs = (...ids: string[]) => ids.map((id) => ({ id, state: "running" }));
const running = { id: "job-1", state: "running" };

beforeEach(() => {
  vi.useFakeTimers();
  announceAccess({ token: "e30.eyJzdWIiOiJhIn0.x", expiresAt: Date.now() + 86_400_000 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("while the jobs cannot be had they are asked for ever more slowly", async () => {
  const fetched = vi.spyOn(globalThis, "fetch");
  fetched.mockImplementation(async () => Response.json({ results: [running] }));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const stop = new QueryObserver(
    client,
    jobFeed({ awaited: () => ["job-1"], ahead: () => 0 }),
  ).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  fetched.mockImplementation(async () => Response.json({}, { status: 503 }));
  fetched.mockClear();
  await vi.advanceTimersByTimeAsync(60_000);
  const inTheFirstMinute = fetched.mock.calls.length;
  fetched.mockClear();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(inTheFirstMinute).toBeLessThan(15);
  expect(fetched.mock.calls.length).toBeLessThanOrEqual(4);
  stop();
});

test("awaited jobs that newer ones crowd out are read with their page, not one by one", async () => {
  const old = Array.from({ length: 60 }, (_, index) => `old-${index}`);
  const fetched = vi.spyOn(globalThis, "fetch");
  fetched.mockImplementation(async (request) => {
    const { searchParams } = new URL((request as Request).url);
    const first = searchParams.get("cursor") === null;
    const results = first ? jobs("new-1", "new-2") : jobs(...old);
    return Response.json({ results, next: first ? "/api/v1/jobs?cursor=older" : null });
  });
  const client = new QueryClient();
  const found = await client.fetchQuery(jobFeed({ awaited: () => old, ahead: () => 0 }));
  expect(found).toHaveLength(62);
  expect(fetched).toHaveBeenCalledTimes(2);
});
