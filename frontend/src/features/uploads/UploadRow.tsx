import { ActionIcon } from "@mantine/core";
import { RotateCcw, X } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { ProgressLine } from "@/design/ProgressLine";
import { UploadPreview } from "./UploadPreview";
import classes from "./UploadRow.module.css";
import { UploadState } from "./UploadState";
import type { Upload } from "./uploadQueue";
import { uploads } from "./uploads";

export const UploadRow = memo(function UploadRow({ upload }: { upload: Upload }) {
  const t = useTranslations("uploads");
  const { file, phase, image, job } = upload;
  const under = phase === "sending" || phase === "waiting" || phase === "parked";
  const again = phase === "failed" || phase === "canceled";
  const steps = job?.progress;
  const share =
    phase === "sending"
      ? upload.sentBytes / Math.max(file.size, 1)
      : steps && steps.total > 0
        ? steps.done / steps.total
        : null;
  return (
    <li className={classes.row} data-testid="upload-row" data-phase={phase}>
      <UploadPreview file={file} />
      <div className={classes.body}>
        {image ? (
          <Link
            to={`/images/${image.id}`}
            className={classes.name}
            dir="auto"
            aria-label={t("openOne", { name: file.name })}
          >
            {file.name}
          </Link>
        ) : (
          <span className={classes.name} dir="auto">
            {file.name}
          </span>
        )}
        {(phase === "sending" || phase === "processing") && (
          <ProgressLine label={t("progressOf", { name: file.name })} share={share} />
        )}
        <UploadState upload={upload} />
      </div>
      {again && upload.image === null && (
        <ActionIcon
          variant="subtle"
          aria-label={t("retryOne", { name: file.name })}
          onClick={() => uploads.retry(upload.id)}
        >
          <RotateCcw size={16} aria-hidden />
        </ActionIcon>
      )}
      {under && (
        <ActionIcon
          variant="subtle"
          aria-label={t("cancelOne", { name: file.name })}
          onClick={() => uploads.cancel(upload.id)}
        >
          <X size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
});
