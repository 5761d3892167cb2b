/** Whether something may still happen to a job. */
export function isActive(job: { state: string }): boolean {
  return job.state === "queued" || job.state === "running";
}
