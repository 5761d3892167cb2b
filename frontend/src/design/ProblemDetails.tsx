import { useTranslations } from "use-intl";
import type { ApiProblem } from "@/api/problem";
import { CopyIcon } from "./CopyIcon";
import classes from "./ProblemDetails.module.css";
import { useProblemWords } from "./useProblemWords";

/** What the server says in English, folded away, and the request id of what has to be mended. */
export function ProblemDetails({ problem }: { problem: ApiProblem }) {
  const t = useTranslations("common");
  const { english } = useProblemWords()(problem);
  const id = problem.isFault ? problem.requestId : null;
  return (
    <>
      {english && <EnglishDetails text={english} />}
      {id && (
        <p className={classes.request}>
          {t("requestId")} <code dir="ltr">{id}</code>
          <CopyIcon value={id} label={`${t("copy")}: ${t("requestId")}`} />
        </p>
      )}
    </>
  );
}

function EnglishDetails({ text }: { text: string }) {
  const t = useTranslations("common");
  return (
    <details className={classes.details}>
      <summary>{t("details")}</summary>
      <p lang="en" dir="ltr">
        {text}
      </p>
    </details>
  );
}
