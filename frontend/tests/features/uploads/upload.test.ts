import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import type { Image, Job } from "@/api/shapes";
import { afterJob, canRetry, isUnsent, type Upload } from "@/features/uploads/upload";

const upload = (fields: Partial<Upload>) => ({ problem: null, image: null, ...fields }) as Upload;
const problem = (code: string) => new ApiProblem({ status: 422, code, title: "" });
const job = (state: string, error: Job["error"] = null) => ({ state, error }) as Job;

test("another try is offered for what may go well then", () => {
  const failed = (code: string) => canRetry(upload({ phase: "failed", problem: problem(code) }));
  expect(["quota_exceeded", "time_limit_exceeded", "http_502"].map(failed)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["image_corrupt", "unsupported_format", "original_missing"].map(failed)).toEqual([
    false,
    false,
    false,
  ]);
});

test("a canceled upload can be sent again unless the platform has it", () => {
  expect(canRetry(upload({ phase: "canceled" }))).toBe(true);
  expect(canRetry(upload({ phase: "canceled", image: {} as Image }))).toBe(false);
  expect(canRetry(upload({ phase: "done" }))).toBe(false);
});

test("leaving the page loses what has not arrived", () => {
  const phases = ["waiting", "sending", "parked", "processing", "done", "failed"] as const;
  expect(phases.filter((phase) => isUnsent(upload({ phase })))).toEqual(phases.slice(0, 3));
});

test("an upload ends as its job does", () => {
  expect(afterJob(job("running")).phase).toBe("processing");
  expect(afterJob(job("succeeded")).phase).toBe("done");
  expect(afterJob(job("canceled")).phase).toBe("canceled");
  const { phase, problem: why } = afterJob(job("failed", { code: "image_truncated", detail: "" }));
  expect([phase, why?.code]).toEqual(["failed", "image_truncated"]);
});
