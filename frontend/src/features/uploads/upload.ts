/** One file being uploaded, and what can be said of it without knowing the others. */
import type { ApiProblem } from "@/api/problem";
import type { Image, Job } from "@/api/shapes";
import { jobProblem } from "@/model/jobs/jobProblem";
import finalCodes from "./finalCodes.json";

export type UploadPhase =
  | "waiting"
  | "sending"
  | "parked" // waits for the session or for the connection
  | "processing" // stored; its job runs
  | "done"
  | "failed"
  | "canceled";

export interface Upload {
  id: string;
  file: File;
  /** Idempotency-Key: a transfer repeated after a lost answer stores nothing twice. Empty before. */
  key: string;
  phase: UploadPhase;
  sentBytes: number;
  /** Bytes per second; null while unknown. */
  speed: number | null;
  /** Why it failed or is parked; while `sending`, why it waits to be sent again. */
  problem: ApiProblem | null;
  image: Image | null;
  job: Job | null;
  /** The library already held exactly these bytes. */
  duplicate: boolean;
}

/**
 * Refusals of the file itself: the same bytes are refused again, whenever they are sent. A test of
 * images compares the list with its table of job errors.
 */
export const FINAL_CODES: ReadonlySet<string> = new Set(finalCodes);

export function canRetry({ phase, problem, image }: Upload): boolean {
  if (phase === "canceled") return image === null;
  return phase === "failed" && !FINAL_CODES.has(problem?.code ?? "");
}

/** Whether leaving the page would lose it. */
export function isUnsent({ phase }: Upload): boolean {
  return phase === "sending" || phase === "waiting" || phase === "parked";
}

const OVER: ReadonlySet<Job["state"]> = new Set(["succeeded", "failed", "canceled"]);

/** What the state of its job says of an upload. */
export function afterJob(job: Job): Partial<Upload> {
  if (!OVER.has(job.state)) return { job, phase: "processing", problem: null };
  if (job.state === "succeeded") return { job, phase: "done" };
  if (job.state === "canceled") return { job, phase: "canceled" };
  return { job, phase: "failed", problem: jobProblem(job) };
}
