import { expect, test } from "vitest";
import type { Job } from "@/api/shapes";
import { finishedSince } from "@/model/jobs/finished";

const job = (id: string, state: string) => ({ id, state }) as Job;
const nobody = new Set<string>();
const byId = (...jobs: Job[]) => new Map(jobs.map((each) => [each.id, each]));

test("a job that was running and is over is news", () => {
  const before = byId(job("a", "running"), job("b", "queued"));
  const now = [job("a", "succeeded"), job("b", "queued")];
  expect(finishedSince(before, now, nobody).map((each) => each.id)).toEqual(["a"]);
});

test("a job that came and went between two looks is news", () => {
  expect(finishedSince(byId(), [job("a", "succeeded")], nobody).map((each) => each.id)).toEqual([
    "a",
  ]);
});

test("on the first look nothing is news but what somebody waits for", () => {
  const now = [job("a", "succeeded"), job("b", "succeeded"), job("c", "running")];
  expect(finishedSince(null, now, nobody)).toEqual([]);
  const waiting = new Set(["b", "c"]);
  expect(finishedSince(null, now, waiting).map((each) => each.id)).toEqual(["b"]);
});
