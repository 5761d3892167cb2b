import { Button } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { type ApiProblem, asProblem } from "@/api/problem";
import { ProblemDetails } from "./ProblemDetails";
import classes from "./ProblemNotice.module.css";
import { useFieldWords, useProblemWords } from "./useProblemWords";

interface Props {
  /** What did not happen, in the words of the page; the problem's own title otherwise. */
  heading?: string;
  error: unknown;
  /** What to do about it, in the words of the page. */
  hint?: string;
  /** Fields of the form that say themselves what is wrong with them. */
  fields?: readonly string[];
  onRetry?: () => void;
  compact?: boolean;
}

/** A refusal or failure: title, what to do, details, and a way to try again. */
export function ProblemNotice({
  heading,
  error,
  hint,
  fields = [],
  onRetry,
  compact = false,
}: Props) {
  const t = useTranslations("common");
  const problem = asProblem(error);
  const { title } = useProblemWords()(problem);
  const atFields = new Set(fields.flatMap((name) => problem.errorsAt(name)));
  const elsewhere = problem.errors.filter((entry) => !atFields.has(entry));
  return (
    <div className={classes.notice} role="alert" data-compact={compact || undefined}>
      <CircleAlert className={classes.icon} size={20} aria-hidden />
      <div className={classes.body}>
        <p className={classes.title}>{heading ?? title}</p>
        {heading && <p className={classes.detail}>{title}</p>}
        {hint && <p className={classes.detail}>{hint}</p>}
        {elsewhere.length > 0 && <FieldErrors errors={elsewhere} />}
        {atFields.size === 0 && <ProblemDetails problem={problem} />}
      </div>
      {onRetry && (
        <Button variant="default" size="xs" onClick={onRetry}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}

/** What is wrong with things that have no field here, each under the name that the API gives it. */
function FieldErrors({ errors }: { errors: ApiProblem["errors"] }) {
  const wordsFor = useFieldWords();
  return (
    <ul className={classes.fields}>
      {errors.map((error) => (
        <li key={`${error.pointer} ${error.code} ${error.detail}`}>
          {error.pointer.length > 1 && (
            <>
              <bdi dir="ltr">{error.pointer.slice(1).replaceAll("/", ".")}</bdi>
              {": "}
            </>
          )}
          {wordsFor(error)}
        </li>
      ))}
    </ul>
  );
}
