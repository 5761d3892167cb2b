import { Loader } from "@mantine/core";
import { useTranslations } from "use-intl";
import { ApiProblem } from "@/api/problem";
import type { Image, Ops } from "@/api/shapes";
import { CopyIcon } from "@/design/CopyIcon";
import { Pixels } from "@/design/Pixels";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./BuilderPreview.module.css";
import { PictureFailed } from "./PictureFailed";
import { isReady, type ReadyRendition } from "./sources";
import { usePictureRenewal } from "./usePictureRenewal";
import { useRendering } from "./useRendering";

interface Props {
  image: Image;
  /** Null while the controls are being moved. */
  ops: Ops | null;
}

export function BuilderPreview({ image, ops }: Props) {
  const t = useTranslations();
  const { data: rendition, error, refetch } = useRendering(image.id, ops);
  if (error) {
    return (
      <ProblemNotice
        heading={t("builder.failed")}
        error={error}
        compact
        onRetry={() => void refetch()}
      />
    );
  }
  if (rendition?.state === "failed") {
    const title = t("problems.job_failed");
    const problem = new ApiProblem({ status: 422, code: "job_failed", title });
    return <ProblemNotice heading={t("builder.failed")} error={problem} compact />;
  }
  if (!rendition || !isReady(rendition)) {
    return (
      <div className={classes.frame} role="status">
        <Loader size="sm" color="var(--ink-mute)" aria-hidden />
        <span className={classes.making}>{t("builder.making")}</span>
      </div>
    );
  }
  return (
    <Preview
      key={rendition.id}
      rendition={rendition}
      originalBytes={image.bytes}
      renew={() => refetch()}
    />
  );
}

interface PreviewProps {
  rendition: ReadyRendition;
  originalBytes: number;
  renew(): Promise<unknown>;
}

function Preview({ rendition, originalBytes, renew }: PreviewProps) {
  const t = useTranslations();
  const quantity = useQuantity();
  const { round, failed, onError, again } = usePictureRenewal(renew);
  if (failed) return <PictureFailed onRetry={again} />;
  const { width, height, bytes } = rendition;
  return (
    <figure className={classes.preview} data-testid="builder-preview">
      <img
        key={round}
        src={rendition.url}
        width={width}
        height={height}
        alt={t("builder.previewAlt")}
        decoding="async"
        onError={onError}
      />
      <figcaption className={classes.caption}>
        <Pixels width={width} height={height} />
        {bytes !== null && <span className="tabular">{quantity.bytes(bytes)}</span>}
        {bytes !== null && (
          <span className={classes.share}>
            {t("builder.share", { percent: quantity.percent(bytes / originalBytes) })}
          </span>
        )}
        <CopyIcon value={rendition.url} label={t("image.copyUrl")} />
      </figcaption>
    </figure>
  );
}
