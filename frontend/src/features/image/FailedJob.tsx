import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import type { Image } from "@/api/shapes";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useJobActions } from "@/features/activity/useJobActions";

/** Why the image's last job failed, with a way to run it again. */
export function FailedJob({ image }: { image: Image }) {
  const t = useTranslations("problems");
  const { retry } = useJobActions();
  const jobId = image.job?.state === "failed" ? image.job.id : null;
  const { data: job } = useQuery({
    queryKey: ["jobs", "detail", jobId],
    queryFn: () =>
      unwrap(api.GET("/api/v1/jobs/{job_id}", { params: { path: { job_id: jobId ?? "" } } })),
    enabled: jobId !== null,
  });
  if (!jobId || job?.state !== "failed") return null;
  const problem = new ApiProblem({
    status: 422,
    code: job.error?.code ?? "job_failed",
    title: t("job_failed"),
    detail: job.error?.detail ?? "",
  });
  return <ProblemNotice error={problem} onRetry={() => void retry(job)} />;
}
