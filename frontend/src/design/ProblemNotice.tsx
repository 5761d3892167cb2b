import { Button } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { asProblem } from "@/api/problem";
import { CopyIcon } from "./CopyIcon";
import classes from "./ProblemNotice.module.css";
import { useProblemTitle } from "./useProblemTitle";

interface Props {
  /** What did not happen, in the words of the page; the problem's own title otherwise. */
  heading?: string;
  error: unknown;
  onRetry?: () => void;
  compact?: boolean;
}

/** A refusal or failure: title, detail, request id, and a way to try again. */
export function ProblemNotice({ heading, error, onRetry, compact = false }: Props) {
  const t = useTranslations("common");
  const problem = asProblem(error);
  const title = useProblemTitle(problem);
  return (
    <div className={classes.notice} role="alert" data-compact={compact || undefined}>
      <CircleAlert className={classes.icon} size={20} aria-hidden />
      <div className={classes.body}>
        <p className={classes.title}>{heading ?? title}</p>
        {heading && <p className={classes.detail}>{title}</p>}
        {problem.detail && problem.detail !== title && (
          <p className={classes.detail} dir="auto">
            {problem.detail}
          </p>
        )}
        {problem.requestId && (
          <p className={classes.request}>
            {t("requestId")} <code dir="ltr">{problem.requestId}</code>
            <CopyIcon value={problem.requestId} label={`${t("copy")}: ${t("requestId")}`} />
          </p>
        )}
      </div>
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}
