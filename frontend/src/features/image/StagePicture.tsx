import { type SyntheticEvent, useState } from "react";
import type { Image } from "@/api/shapes";
import { nameOf, type Source, srcSetOf } from "@/model/images/sources";
import type { usePictureRenewal } from "@/model/images/usePictureRenewal";
import classes from "./ImageStage.module.css";
import type { useOriginal } from "./useOriginal";

interface Props {
  image: Image;
  sources: readonly Source[];
  renewal: ReturnType<typeof usePictureRenewal>;
  original: ReturnType<typeof useOriginal>;
  /** The width that it is drawn at, in CSS pixels; null when it is fitted to the page. */
  drawnWidth: number | null;
}

const FITTED = "(max-width: 1080px) 100vw, 65vw";

/** Placeholder, rendition and original over each other; what is below goes when the next is there. */
export function StagePicture({ image, sources, renewal, original, drawnWidth }: Props) {
  const [shown, setShown] = useState(false);
  const [settled, setSettled] = useState(false);
  const largest = sources.at(-1);
  const originalShown = original.phase === "shown";
  const name = nameOf(image);
  // Through a transparent picture its placeholder would still be seen.
  const bare = settled || originalShown || (shown && image.has_alpha);
  return (
    <>
      {image.placeholder && !bare && (
        <img src={image.placeholder} alt="" aria-hidden className={classes.placeholder} />
      )}
      {largest && !originalShown && (
        <img
          key={renewal.round}
          src={largest.url}
          srcSet={srcSetOf(sources)}
          sizes={drawnWidth ? `${Math.round(drawnWidth)}px` : FITTED}
          width={largest.width}
          height={largest.height}
          alt={name}
          decoding="async"
          draggable={false}
          className={classes.large}
          data-shown={shown || undefined}
          onLoad={(event) => whenDecoded(event, () => setShown(true))}
          onTransitionEnd={() => setSettled(true)}
          onError={renewal.onError}
        />
      )}
      {original.url && (
        <img
          key={original.url}
          ref={stoppedWhenGone}
          src={original.url}
          width={image.width}
          height={image.height}
          alt={name}
          draggable={false}
          className={classes.large}
          data-original={original.phase}
          data-shown={originalShown || undefined}
          onLoad={(event) => whenDecoded(event, original.onShown)}
          onError={original.onError}
        />
      )}
    </>
  );
}

/** Browsers go on loading a picture that has left the page. */
function stoppedWhenGone(picture: HTMLImageElement): () => void {
  return () => {
    if (!picture.complete) picture.removeAttribute("src");
  };
}

/** A picture that has come is shown once it can be drawn at once; what cannot be decoded shows so. */
function whenDecoded({ currentTarget }: SyntheticEvent<HTMLImageElement>, show: () => void): void {
  currentTarget
    .decode()
    .catch(() => undefined)
    .finally(show);
}
