import { useTranslations } from "use-intl";
import type { ApiProblem } from "@/api/problem";
import { ProblemDetails } from "@/design/ProblemDetails";
import { useProblemWords } from "@/design/useProblemWords";
import { useQuantity } from "@/i18n/useQuantity";
import { useOverview } from "@/model/useOverview";
import { secondsLeft } from "./speed";
import classes from "./UploadState.module.css";
import { canRetry, type Upload } from "./upload";
import { useAcceptedFormats } from "./useAcceptedFormats";

/** One line saying how an upload is doing; more where it has failed. */
export function UploadState({ upload }: { upload: Upload }) {
  const words = useWords(upload);
  const { phase, problem } = upload;
  if (phase !== "failed" || !problem) return <p className={classes.line}>{words}</p>;
  return <Failure problem={problem} isFinal={!canRetry(upload)} />;
}

function Failure({ problem, isFinal }: { problem: ApiProblem; isFinal: boolean }) {
  const t = useTranslations("uploads");
  const quantity = useQuantity();
  const accepted = useAcceptedFormats();
  const { title } = useProblemWords()(problem);
  const limit = useOverview().data?.usage?.upload_max_bytes;
  const advice = (): string | null => {
    if (problem.code === "file_too_large" && limit) {
      return t("atMost", { limit: quantity.bytes(limit) });
    }
    if (problem.code === "unsupported_format") return t("accepted", { formats: accepted });
    return isFinal ? t("chooseAnother") : null;
  };
  return (
    <div className={classes.failed}>
      <p className={classes.reason}>{title}</p>
      <p>{advice()}</p>
      <ProblemDetails problem={problem} />
    </div>
  );
}

function useWords({ phase, file, sentBytes, speed, job, problem, duplicate }: Upload): string {
  const t = useTranslations("uploads");
  const quantity = useQuantity();
  const wordsFor = useProblemWords();
  switch (phase) {
    case "waiting":
      return `${t("waiting")} · ${quantity.bytes(file.size)}`;
    case "sending": {
      if (problem) return `${t("waiting")} · ${wordsFor(problem).title}`;
      const left = secondsLeft(file.size, sentBytes, speed);
      const parts = [
        t("sending", { sent: quantity.bytes(sentBytes), total: quantity.bytes(file.size) }),
      ];
      if (speed !== null) parts.push(quantity.speed(speed));
      if (left !== null && left > 2) parts.push(t("left", { time: quantity.seconds(left) }));
      return parts.join(" · ");
    }
    case "parked":
      return problem?.status === 401 ? t("parkedSession") : t("parkedOffline");
    case "processing": {
      const { done = 0, total = 0 } = job?.progress ?? {};
      return total > 0 ? t("steps", { done, total }) : t("processing");
    }
    case "done":
      return duplicate ? t("duplicate") : `${t("done")} · ${quantity.bytes(file.size)}`;
    case "canceled":
      return t("canceled");
    case "failed":
      return "";
  }
}
