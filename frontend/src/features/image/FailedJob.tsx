import type { Image } from "@/api/shapes";
import { ProblemNotice } from "@/design/ProblemNotice";
import { jobProblem } from "@/model/jobs/jobProblem";
import { useJobActions } from "@/model/jobs/useJobActions";
import { useFailedJob } from "./useFailedJob";

/** Why the image's last job failed, with a way to run it again. */
export function FailedJob({ image }: { image: Image }) {
  const { retry } = useJobActions();
  const job = useFailedJob(image);
  if (!job) return null;
  return <ProblemNotice error={jobProblem(job)} onRetry={() => void retry(job)} />;
}
