import type { ImageState } from "@/api/shapes";

/** The states that people look for; one that is uploaded is processing in a moment. */
export const STATE_CHOICES = [
  "ready",
  "processing",
  "partially_ready",
  "failed",
] as const satisfies readonly ImageState[];
