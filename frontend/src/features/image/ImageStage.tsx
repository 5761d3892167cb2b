import { useDirection } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type CSSProperties, type PointerEvent, useRef } from "react";
import { useNavigate } from "react-router";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { placeImage } from "@/model/images/imageCache";
import { fetchImage } from "@/model/images/imageCalls";
import { presetSources } from "@/model/images/sources";
import { usePictureRenewal } from "@/model/images/usePictureRenewal";
import classes from "./ImageStage.module.css";
import { PictureFailed } from "./PictureFailed";
import { StageControls } from "./StageControls";
import { StagePicture } from "./StagePicture";
import { TurnLinks } from "./TurnLinks";
import { useBack } from "./useBack";
import { useEscape } from "./useEscape";
import { useLeafing, useNeighbours } from "./useNeighbours";
import { useOriginal } from "./useOriginal";
import { useTouch } from "./useTouch";
import { useZoom } from "./useZoom";

/** The large view: fitted to the page, or enlarged with scrolling; a rendition, or the original. */
export function ImageStage({ image }: { image: Image }) {
  const t = useTranslations("image");
  const { dir } = useDirection();
  const navigate = useNavigate();
  const neighbours = useNeighbours(image.id);
  useLeafing(neighbours, dir);
  useEscape(useBack());
  const client = useQueryClient();
  const renewal = usePictureRenewal(async () => placeImage(client, await fetchImage(image.id)));
  const original = useOriginal(image);
  const sources = presetSources(image);
  const largest = sources.at(-1);
  const shown = original.phase === "shown" ? image : largest;
  const zoom = useZoom(shown?.width ?? null);
  const touch = useTouch({
    picture: zoom.picture,
    dir,
    swipeable: zoom.width === null,
    onSwipe: (towards) => {
      const target = neighbours[towards];
      if (target) void navigate(`/images/${target}`, { replace: true });
    },
    onDoubleTap: zoom.toggle,
  });
  const zoomed = zoom.width !== null;
  const byMouse = useRef(true);
  const pointed = (event: PointerEvent) => event.pointerType === "mouse";
  const failed = original.phase === "failed" || (!!largest && renewal.failed);

  return (
    <figure className={classes.stage} data-zoomed={zoomed || undefined} data-testid="image-stage">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys and buttons do the same */}
      <div
        ref={zoom.frame}
        // Pictures run in no direction; in Arabic the frame would scroll to the left.
        dir="ltr"
        className={classes.scroller}
        // What scrolls must be reachable by keyboard.
        tabIndex={zoomed ? 0 : -1}
        onPointerDown={(event) => {
          byMouse.current = pointed(event);
          (byMouse.current ? zoom.drag : touch).down(event);
        }}
        onPointerMove={(event) => (pointed(event) ? zoom.drag : touch).move(event)}
        onPointerUp={(event) => (pointed(event) ? zoom.drag.end : touch.up)(event)}
        onPointerCancel={(event) => (pointed(event) ? zoom.drag.end(event) : touch.cancel())}
        onDoubleClick={(event) => byMouse.current && zoom.toggle(event)}
      >
        <div
          ref={zoom.picture}
          className={`${classes.picture} ${image.has_alpha ? "checkerboard" : ""}`}
          style={shapeOf(image, zoom.width)}
        >
          <StagePicture
            image={image}
            sources={sources}
            renewal={renewal}
            original={original}
            drawnWidth={zoom.width}
          />
        </div>
      </div>
      {failed && (
        <figcaption className={classes.failed}>
          <PictureFailed onRetry={original.phase === "failed" ? original.again : renewal.again} />
        </figcaption>
      )}
      {!shown && !failed && (
        <figcaption className={classes.waiting} role="status">
          {t(reasonForNone(image))}
        </figcaption>
      )}
      <StageControls
        image={image}
        original={original}
        zoomed={zoomed}
        onZoom={shown ? () => zoom.toggle() : null}
      />
      <TurnLinks neighbours={neighbours} dir={dir} />
    </figure>
  );
}

/** The picture's shape; at a width of its own where it is enlarged. */
function shapeOf({ width, height }: Image, drawnWidth: number | null): CSSProperties {
  const own = { "--own-width": `${width}px` };
  return {
    ...own,
    aspectRatio: `${width} / ${height}`,
    ...(drawnWidth !== null && { width: drawnWidth }),
  };
}

function reasonForNone({ trashed_at, state }: Image): "trashed" | "processing" | "noPicture" {
  if (trashed_at) return "trashed";
  return state === "processing" || state === "uploaded" ? "processing" : "noPicture";
}
