import { ActionIcon, Button, Loader } from "@mantine/core";
import { Check, ImageUpscale, Maximize2, Minimize2, Pause, Play } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./ImageStage.module.css";
import type { useOriginal } from "./useOriginal";

interface Props {
  image: Image;
  original: ReturnType<typeof useOriginal>;
  zoomed: boolean;
  /** Absent while there is no picture to enlarge. */
  onZoom: (() => void) | null;
}

/** What can be done with the picture in the stage, over its corner. */
export function StageControls({ image, original, zoomed, onZoom }: Props) {
  const t = useTranslations("image");
  return (
    <div className={classes.controls}>
      {original.offered && <OriginalButton image={image} original={original} />}
      {onZoom && (
        <ActionIcon
          variant="default"
          size="lg"
          aria-pressed={zoomed}
          aria-label={zoomed ? t("zoomOut") : t("zoomIn")}
          onClick={onZoom}
        >
          {zoomed ? <Minimize2 size={17} aria-hidden /> : <Maximize2 size={17} aria-hidden />}
        </ActionIcon>
      )}
    </div>
  );
}

function OriginalButton({ image, original }: Pick<Props, "image" | "original">) {
  const t = useTranslations("image");
  const quantity = useQuantity();
  const size = quantity.bytes(image.bytes);
  const shown = original.phase === "shown";
  const coming = original.phase === "coming";
  const [Icon, word] = image.animated
    ? shown
      ? [Pause, t("pause")]
      : [Play, t("play")]
    : [shown ? Check : ImageUpscale, t("original")];
  return (
    <Button
      variant="default"
      size="sm"
      className={classes.original ?? ""}
      // While it comes the button stops it: it may be large.
      leftSection={
        coming ? <Loader size={15} color="var(--ink)" /> : <Icon size={15} aria-hidden />
      }
      aria-busy={coming}
      // One that plays is called by what it does next, so it is not pressed as well.
      aria-pressed={image.animated ? undefined : shown}
      onClick={original.toggle}
    >
      {word}
      {!shown && <span className={classes.bytes}>{size}</span>}
    </Button>
  );
}
