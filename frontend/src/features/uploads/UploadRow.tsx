import { ActionIcon } from "@mantine/core";
import { RotateCcw, X } from "lucide-react";
import { memo } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { ProgressLine } from "@/design/ProgressLine";
import { UserText } from "@/design/UserText";
import { UploadPreview } from "./UploadPreview";
import classes from "./UploadRow.module.css";
import { UploadState } from "./UploadState";
import { canRetry, isUnsent, type Upload } from "./upload";
import { uploads } from "./uploads";

interface Props {
  upload: Upload;
  /** Its place in the whole list, of which the page holds a part. */
  index: number;
  count: number;
  /** Where it begins, in CSS pixels from the top of the list. */
  top: number;
  measure(row: HTMLLIElement | null): void;
}

export const UploadRow = memo(function UploadRow({ upload, index, count, top, measure }: Props) {
  const t = useTranslations("uploads");
  const { id, file, phase, image } = upload;
  const name = <UserText className={classes.name}>{file.name}</UserText>;
  return (
    <li
      ref={measure}
      className={classes.row}
      style={{ top }}
      aria-setsize={count}
      aria-posinset={index + 1}
      data-index={index}
      data-upload={id}
      data-testid="upload-row"
      data-phase={phase}
    >
      <UploadPreview file={file} />
      <div className={classes.body}>
        {image ? (
          <Link
            to={`/images/${image.id}`}
            className={classes.link}
            aria-label={t("openOne", { name: file.name })}
          >
            {name}
          </Link>
        ) : (
          name
        )}
        {(phase === "sending" || phase === "processing") && (
          <ProgressLine label={t("progressOf", { name: file.name })} share={shareOf(upload)} />
        )}
        <UploadState upload={upload} />
      </div>
      {canRetry(upload) && (
        <ActionIcon
          variant="subtle"
          aria-label={t("retryOne", { name: file.name })}
          onClick={() => uploads.retry(id)}
        >
          <RotateCcw size={16} aria-hidden />
        </ActionIcon>
      )}
      {isUnsent(upload) && (
        <ActionIcon
          variant="subtle"
          aria-label={t("cancelOne", { name: file.name })}
          onClick={() => uploads.cancel(id)}
        >
          <X size={16} aria-hidden />
        </ActionIcon>
      )}
      {phase === "failed" && (
        <ActionIcon
          variant="subtle"
          aria-label={t("dismissOne", { name: file.name })}
          onClick={() => uploads.dismiss(id)}
        >
          <X size={16} aria-hidden />
        </ActionIcon>
      )}
    </li>
  );
});

/** How much of it is sent, and then how much of its job is done; null while nobody can say. */
function shareOf({ phase, file, sentBytes, job }: Upload): number | null {
  if (phase === "sending") return sentBytes / Math.max(file.size, 1);
  const steps = job?.progress;
  return steps && steps.total > 0 ? steps.done / steps.total : null;
}
