import type { Image } from "@/api/shapes";
import type { Tone } from "@/design/StateChip";

/** The colour of each state of an image. */
export const IMAGE_TONES: Record<Image["state"], Tone> = {
  uploaded: "live",
  processing: "live",
  ready: "good",
  partially_ready: "warn",
  failed: "bad",
  trashed: "neutral",
};
