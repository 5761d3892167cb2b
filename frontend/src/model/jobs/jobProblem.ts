import { ApiProblem } from "@/api/problem";
import type { Job } from "@/api/shapes";

const FALLBACK = "job_failed";

/** Why a job failed, as a problem: its code has words in every language, as a refusal's has. */
export function jobProblem(job: Job | null): ApiProblem {
  const code = job?.error?.code ?? FALLBACK;
  const detail = job?.error?.detail ?? "";
  return new ApiProblem({ status: 422, code, title: code, detail, fallback: FALLBACK });
}
