import { useTranslations } from "use-intl";
import { ApiProblem } from "@/api/problem";
import { useOverview } from "@/app/useOverview";
import { useProblemTitle } from "@/design/useProblemTitle";
import { useQuantity } from "@/i18n/useQuantity";
import { secondsLeft } from "./speed";
import classes from "./UploadState.module.css";
import type { Upload } from "./uploadQueue";

const NONE = new ApiProblem({ status: 0, code: "", title: "" });

/** One line saying how an upload is doing. */
export function UploadState({ upload }: { upload: Upload }) {
  const t = useTranslations();
  const title = useProblemTitle(upload.problem ?? NONE);
  const words = useWords(upload, title);
  const quantity = useQuantity();
  const limit = useOverview().data?.usage?.upload_max_bytes;
  if (upload.phase !== "failed" || !upload.problem) return <p className={classes.line}>{words}</p>;
  const { code, requestId } = upload.problem;
  const detail =
    code === "file_too_large" && limit
      ? t("uploads.atMost", { limit: quantity.bytes(limit) })
      : upload.problem.detail;
  return (
    <div className={classes.failed} role="alert">
      <p>{title}</p>
      {detail && detail !== title && <p dir="auto">{detail}</p>}
      {requestId && (
        <p className={classes.request}>
          {t("common.requestId")} <code dir="ltr">{requestId}</code>
        </p>
      )}
    </div>
  );
}

function useWords(upload: Upload, problemTitle: string): string {
  const t = useTranslations("uploads");
  const quantity = useQuantity();
  const { phase, file, sentBytes, speed, job, problem } = upload;
  switch (phase) {
    case "waiting":
      return `${t("waiting")} · ${quantity.bytes(file.size)}`;
    case "sending": {
      if (problem) return `${t("waiting")} · ${problemTitle}`;
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
      return upload.duplicate ? t("duplicate") : `${t("done")} · ${quantity.bytes(file.size)}`;
    case "canceled":
      return t("canceled");
    case "failed":
      return "";
  }
}
