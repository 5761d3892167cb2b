import { useQuery } from "@tanstack/react-query";
import type { Image, Job } from "@/api/shapes";
import { fetchJob } from "@/model/jobs/jobCalls";

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
