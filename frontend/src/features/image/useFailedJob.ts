import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Image, Job } from "@/api/shapes";

export const fetchJob = (id: string): Promise<Job> =>
  unwrap(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: id } } }));

/** The image's last job, if it failed and as soon as it is known why; null otherwise. */
export function useFailedJob(image: Image): Job | null {
  const id = image.job?.state === "failed" ? image.job.id : null;
  const { data: job } = useQuery({
    queryKey: ["jobs", "detail", id],
    queryFn: () => fetchJob(id ?? ""),
    enabled: id !== null,
  });
  return id !== null && job?.state === "failed" ? job : null;
}

/** A job's failure as a problem, whose code has words in every language. */
export function problemOf(job: Job | null): ApiProblem {
  return new ApiProblem({
    status: 422,
    code: job?.error?.code ?? "job_failed",
    title: job?.error?.code ?? "job_failed",
    detail: job?.error?.detail ?? "",
  });
}
