import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import type { Image } from "@/api/shapes";
import { presetSources, srcSetOf } from "@/features/image/sources";
import { placeImage } from "./imageCache";
import { fetchImage } from "./imageCalls";
import classes from "./TilePicture.module.css";

interface Props {
  image: Image;
  /** In CSS pixels. */
  width: number;
}

const RENEWALS_AT_MOST = 2;

/** The thumbnail over its placeholder: a few pixels, which the browser smooths as it enlarges them. */
export function TilePicture({ image, width }: Props) {
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [settled, setSettled] = useState(false);
  const [renewals, setRenewals] = useState(0);
  const asking = useRef(false);
  const sources = presetSources(image);
  const smallest = sources[0];

  // Links are signed and expire, and connections drop: a picture that fails is tried again, with
  // the link that the server gives now.
  const renew = (): void => {
    if (asking.current || renewals >= RENEWALS_AT_MOST) return;
    asking.current = true;
    fetchImage(image.id)
      .then(
        (fresh) => placeImage(client, fresh),
        () => undefined,
      )
      .finally(() => {
        asking.current = false;
        setRenewals(renewals + 1);
      });
  };

  return (
    <>
      {image.placeholder && !settled && (
        <img src={image.placeholder} alt="" className={classes.placeholder} aria-hidden />
      )}
      {smallest && (
        <img
          key={renewals}
          src={smallest.url}
          srcSet={srcSetOf(sources)}
          sizes={`${width}px`}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          className={classes.picture}
          data-shown={shown || undefined}
          onLoad={() => setShown(true)}
          onTransitionEnd={() => setSettled(true)}
          onError={renew}
        />
      )}
    </>
  );
}
