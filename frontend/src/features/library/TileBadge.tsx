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
export function TileBadge({ state }: { state: Image["state"] }) {
  const names: Record<string, string> = useMessages().imageState;
  if (state === "ready" || state === "trashed") return null;
  return (
    <span className={classes.badge}>
      <StateChip tone={IMAGE_TONES[state]} label={names[state] ?? state} />
    </span>
  );
}
