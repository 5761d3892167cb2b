import { useMessages } from "use-intl";
import type { Image } from "@/api/shapes";
import { StateChip, type Tone } from "@/design/StateChip";
import classes from "./TileBadge.module.css";

export const IMAGE_TONES: Record<Image["state"], Tone> = {
  uploaded: "live",
  processing: "live",
  ready: "good",
  partially_ready: "warn",
  failed: "bad",
  trashed: "neutral",
};

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
