import { useTranslations } from "use-intl";
import { ApiProblem } from "@/api/problem";
import { ProblemNotice } from "@/design/ProblemNotice";

/** A picture does not come. The browser says no more than that, so neither does this. */
export function PictureFailed({ onRetry }: { onRetry(): void }) {
  const title = useTranslations("image")("pictureFailed");
  const problem = new ApiProblem({ status: 0, code: "picture_failed", title });
  return <ProblemNotice error={problem} compact onRetry={onRetry} />;
}
