import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Image } from "@/api/shapes";
import { placeImage } from "@/model/images/imageCache";
import { fetchImage } from "@/model/images/imageCalls";
import { presetSources, srcSetOf } from "@/model/images/sources";
import { usePictureRenewal } from "@/model/images/usePictureRenewal";
import classes from "./TilePicture.module.css";

interface Props {
  image: Image;
  /** In CSS pixels. */
  width: number;
}

/**
 * The thumbnail over its placeholder: a few pixels, which the browser smooths as it enlarges them.
 * The placeholder goes when the picture has come; a transparent one lets it through at once.
 */
export function TilePicture({ image, width }: Props) {
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [settled, setSettled] = useState(false);
  const { round, onError } = usePictureRenewal(async () =>
    placeImage(client, await fetchImage(image.id)),
  );
  const sources = presetSources(image);
  const smallest = sources[0];

  return (
    <>
      {image.placeholder && !settled && !(shown && image.has_alpha) && (
        <img src={image.placeholder} alt="" className={classes.placeholder} aria-hidden />
      )}
      {smallest && (
        <img
          key={round}
          src={smallest.url}
          srcSet={srcSetOf(sources)}
          sizes={`${width}px`}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          className={`${classes.picture} ${image.has_alpha && shown ? "checkerboard" : ""}`}
          data-shown={shown || undefined}
          onLoad={() => setShown(true)}
          onTransitionEnd={() => setSettled(true)}
          onError={onError}
        />
      )}
    </>
  );
}
