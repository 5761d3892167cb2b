import { useMessages } from "use-intl";
import type { Image } from "@/api/shapes";
import { StateChip } from "@/design/StateChip";
import { IMAGE_TONES } from "@/model/images/tones";
import classes from "./TileBadge.module.css";

/** Says what is unusual about an image; one that is ready needs no label. */
export function TileBadge({ image: { state, complete } }: { image: Image }) {
  const messages = useMessages();
  const names: Record<string, string> = messages.imageState;
  const isUsual = state === "ready" || state === "trashed";
  if (isUsual && complete !== false) return null;
  return (
    <span className={classes.badge}>
      {isUsual ? (
        <StateChip tone="warn" label={messages.library.incomplete} />
      ) : (
        <StateChip tone={IMAGE_TONES[state]} label={names[state] ?? state} />
      )}
    </span>
  );
}
