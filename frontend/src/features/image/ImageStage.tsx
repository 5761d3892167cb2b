import { ActionIcon, useDirection } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Maximize2, Minimize2 } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { placeImage } from "@/features/library/imageCache";
import { fetchImage } from "@/features/library/imageCalls";
import classes from "./ImageStage.module.css";
import { PictureFailed } from "./PictureFailed";
import { nameOf, presetSources, srcSetOf } from "./sources";
import { useLeafing, useNeighbours } from "./useNeighbours";
import { usePictureRenewal } from "./usePictureRenewal";

/** The large view: fitted to the page, or at full size with scrolling. */
export function ImageStage({ image }: { image: Image }) {
  const t = useTranslations("image");
  const { dir } = useDirection();
  const [zoomed, setZoomed] = useState(false);
  const [shown, setShown] = useState(false);
  const neighbours = useNeighbours(image.id);
  useLeafing(neighbours, dir);
  const client = useQueryClient();
  const { round, failed, onError, again } = usePictureRenewal(async () =>
    placeImage(client, await fetchImage(image.id)),
  );
  const sources = presetSources(image);
  const largest = sources.at(-1);
  const Back = dir === "rtl" ? ChevronRight : ChevronLeft;
  const Forward = dir === "rtl" ? ChevronLeft : ChevronRight;

  return (
    <figure className={classes.stage} data-zoomed={zoomed || undefined} data-testid="image-stage">
      {/* What scrolls must be reachable by keyboard. */}
      <div className={classes.scroller} tabIndex={zoomed ? 0 : -1}>
        <div
          className={classes.picture}
          style={{ aspectRatio: `${image.width} / ${image.height}` }}
        >
          {image.placeholder && (
            <img src={image.placeholder} alt="" aria-hidden className={classes.placeholder} />
          )}
          {largest && (
            <img
              key={round}
              src={largest.url}
              srcSet={srcSetOf(sources)}
              sizes={zoomed ? `${largest.width}px` : "(max-width: 1080px) 100vw, 65vw"}
              width={largest.width}
              height={largest.height}
              alt={nameOf(image)}
              decoding="async"
              className={classes.large}
              data-shown={shown || undefined}
              onLoad={() => setShown(true)}
              onError={onError}
            />
          )}
        </div>
      </div>
      {largest && failed && (
        <figcaption className={classes.failed}>
          <PictureFailed onRetry={again} />
        </figcaption>
      )}
      {!largest && (
        <figcaption className={classes.waiting} role="status">
          {t(reasonForNone(image))}
        </figcaption>
      )}
      {largest && (
        <ActionIcon
          className={classes.zoom ?? ""}
          variant="default"
          size="lg"
          aria-pressed={zoomed}
          aria-label={zoomed ? t("zoomOut") : t("zoomIn")}
          onClick={() => setZoomed(!zoomed)}
        >
          {zoomed ? <Minimize2 size={17} aria-hidden /> : <Maximize2 size={17} aria-hidden />}
        </ActionIcon>
      )}
      {neighbours.previous && (
        <Link
          to={`/images/${neighbours.previous}`}
          replace
          className={classes.turn}
          data-side="start"
          aria-label={t("previous")}
        >
          <Back size={22} aria-hidden />
        </Link>
      )}
      {neighbours.next && (
        <Link
          to={`/images/${neighbours.next}`}
          replace
          className={classes.turn}
          data-side="end"
          aria-label={t("next")}
        >
          <Forward size={22} aria-hidden />
        </Link>
      )}
    </figure>
  );
}

function reasonForNone({ trashed_at, state }: Image): "trashed" | "processing" | "noPicture" {
  if (trashed_at) return "trashed";
  return state === "processing" || state === "uploaded" ? "processing" : "noPicture";
}
