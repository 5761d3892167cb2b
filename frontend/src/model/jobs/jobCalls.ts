/** What can be asked of one job. */
import { api, unwrap } from "@/api/client";
import type { Job } from "@/api/shapes";

const of = (id: string) => ({ params: { path: { job_id: id } } });

export const fetchJob = (id: string): Promise<Job> =>
  unwrap(api.GET("/api/v1/jobs/{job_id}", of(id)));

export const retryJob = (id: string): Promise<Job> =>
  unwrap(api.POST("/api/v1/jobs/{job_id}/retry", of(id)));

export const cancelJob = (id: string): Promise<Job> =>
  unwrap(api.POST("/api/v1/jobs/{job_id}/cancel", of(id)));
