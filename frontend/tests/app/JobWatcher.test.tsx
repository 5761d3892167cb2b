// @vitest-environment jsdom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, render } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announceAccess } from "@/api/session/sessionChannel";
import { JobWatcher } from "@/app/JobWatcher";
import { uploads } from "@/features/uploads/uploads";
import { NO_FILTERS } from "@/model/images/imageCache";
import { useImages } from "@/model/images/useImages";
import { queryClient } from "@/model/queryClient";
import { useOverview } from "@/model/useOverview";

const COUNT = 60;
const SEND_MS = 300;
const JOB_MS = 700;

/** Jobs in the order of their arrival; each takes its time after the one before. */
let begun: { id: string; endsAt: number }[];
let asked: string[];

function job({ id, endsAt }: { id: string; endsAt: number }) {
  const state = Date.now() >= endsAt ? "succeeded" : "queued";
  return { id, kind: "render", state, image_id: `image-${id}`, progress: { done: 0, total: 8 } };
}

function answer(path: string, url: URL): unknown {
  if (path !== "/api/v1/jobs") return { results: [], next: null, unavailable: [] };
  const limit = Number(url.searchParams.get("limit"));
  return { results: begun.toReversed().slice(0, limit).map(job), next: null };
}

/** Takes a file in, and begins a job for it. */
class Exchange {
  upload = {};
  status = 202;
  responseText = "";
  onload: () => void = () => undefined;
  open = () => undefined;
  abort = () => undefined;
  setRequestHeader = () => undefined;
  getResponseHeader = () => null;

  send(): void {
    asked.push("POST /api/v1/images");
    setTimeout(() => {
      const one = { id: `job-${begun.length}`, endsAt: 0 };
      one.endsAt = Math.max(Date.now(), begun.at(-1)?.endsAt ?? 0) + JOB_MS;
      begun.push(one);
      this.responseText = JSON.stringify({ image: { id: `image-${one.id}` }, job: job(one) });
      this.onload();
    }, SEND_MS);
  }
}

/** What asks beside the jobs while one looks at the library. */
function Page() {
  useImages(NO_FILTERS);
  useOverview();
  return null;
}

beforeEach(() => {
  vi.useFakeTimers();
  begun = [];
  asked = [];
  vi.stubGlobal("XMLHttpRequest", Exchange);
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const { method, url } = input as Request;
    const address = new URL(url);
    asked.push(`${method} ${address.pathname}`);
    return Response.json(answer(address.pathname, address));
  });
  announceAccess({ token: "e30.eyJzdWIiOiJhIn0.x", expiresAt: Date.now() + 86_400_000 });
});

afterEach(() => {
  queryClient.clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("sixty uploads cost little more than sixty requests, and none is about one job", async () => {
  const page = render(
    <QueryClientProvider client={queryClient}>
      <Page />
      <JobWatcher />
    </QueryClientProvider>,
  );
  await act(() => vi.advanceTimersByTimeAsync(1000));
  asked = [];

  const files = Array.from({ length: COUNT }, (_, index) => new File(["x"], `${index}.jpg`));
  uploads.add(files);
  for (let second = 0; second < 120; second += 1) {
    await act(() => vi.advanceTimersByTimeAsync(1000));
    if (uploads.list().every(({ phase }) => phase === "done")) break;
  }
  await act(() => vi.advanceTimersByTimeAsync(10_000));

  expect(new Set(uploads.list().map(({ phase }) => phase))).toEqual(new Set(["done"]));
  expect(asked.filter((one) => /\/(jobs|images)\/\w/.test(one))).toEqual([]);
  expect(asked.filter((one) => one === "POST /api/v1/images")).toHaveLength(COUNT);
  expect(asked.length).toBeLessThanOrEqual(1.5 * COUNT);
  page.unmount();
});
