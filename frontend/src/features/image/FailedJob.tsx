import type { Image } from "@/api/shapes";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useJobActions } from "@/model/jobs/useJobActions";
import { problemOf, useFailedJob } from "./useFailedJob";

/** Why the image's last job failed, with a way to run it again. */
export function FailedJob({ image }: { image: Image }) {
  const { retry } = useJobActions();
  const job = useFailedJob(image);
  if (!job) return null;
  return <ProblemNotice error={problemOf(job)} onRetry={() => void retry(job)} />;
}
