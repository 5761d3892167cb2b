import { Loader } from "@mantine/core";
import { useTranslations } from "use-intl";
import type { Image, Ops } from "@/api/shapes";
import { CopyIcon } from "@/design/CopyIcon";
import { Pixels } from "@/design/Pixels";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useQuantity } from "@/i18n/useQuantity";
import { isReady, type ReadyRendition } from "@/model/images/sources";
import { usePictureRenewal } from "@/model/images/usePictureRenewal";
import classes from "./BuilderPreview.module.css";
import { PictureFailed } from "./PictureFailed";
import { useCopiedToast } from "./useCopiedToast";
import { useExpiry } from "./useExpiry";
import { useRendering } from "./useRendering";
import { useShortfall } from "./useShortfall";

interface Props {
  image: Image;
  /** Null while the controls are being moved. */
  ops: Ops | null;
}

export function BuilderPreview({ image, ops }: Props) {
  const t = useTranslations();
  const { data, error, refetch } = useRendering(image, ops);
  const problem = error ?? data?.failure;
  if (problem) {
    return (
      <ProblemNotice
        heading={t("builder.failed")}
        error={problem}
        compact
        onRetry={() => void refetch()}
      />
    );
  }
  const rendition = data?.rendition;
  if (!rendition || !isReady(rendition)) {
    return (
      <div className={classes.frame} role="status">
        <Loader size="sm" color="var(--ink-mute)" aria-hidden />
        <span className={classes.making}>{t("builder.making")}</span>
      </div>
    );
  }
  return <Preview key={rendition.id} rendition={rendition} image={image} renew={() => refetch()} />;
}

interface PreviewProps {
  rendition: ReadyRendition;
  image: Image;
  renew(): Promise<unknown>;
}

function Preview({ rendition, image, renew }: PreviewProps) {
  const t = useTranslations();
  const quantity = useQuantity();
  const toast = useCopiedToast();
  const until = useExpiry();
  const why = useShortfall()(rendition.ops, rendition, "after");
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
        className={image.has_alpha ? "checkerboard" : undefined}
        onError={onError}
      />
      <figcaption className={classes.caption}>
        <Pixels width={width} height={height} />
        {bytes !== null && <span className="tabular">{quantity.bytes(bytes)}</span>}
        {bytes !== null && (
          <span className={classes.share}>
            {t("builder.share", { percent: quantity.percent(bytes / image.bytes) })}
          </span>
        )}
        <CopyIcon
          value={rendition.url}
          label={t("image.copyUrl")}
          onCopied={() => toast(rendition.url)}
        />
        <p className={classes.until} data-testid="link-until">
          {until(rendition.url)}
        </p>
        {why && <p className={classes.shortfall}>{why}</p>}
      </figcaption>
    </figure>
  );
}
