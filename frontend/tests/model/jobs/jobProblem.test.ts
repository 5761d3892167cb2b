import { expect, test } from "vitest";
import type { Job } from "@/api/shapes";
import { jobProblem } from "@/model/jobs/jobProblem";

const failed = (error: Job["error"]) => ({ state: "failed", error }) as Job;

test("a job's failure has the code and the details that the server gives", () => {
  const problem = jobProblem(failed({ code: "image_corrupt", detail: "Huffman table 3" }));
  expect(problem).toMatchObject({ code: "image_corrupt", detail: "Huffman table 3" });
});

test.each([null, failed(null)])("a failure without a reason is a failed job", (job) => {
  expect(jobProblem(job)).toMatchObject({ code: "job_failed", detail: "" });
});

test("nothing in the notice asks for a request id: no request has failed", () => {
  expect(jobProblem(failed({ code: "worker_crashed", detail: "" })).isFault).toBe(false);
});
