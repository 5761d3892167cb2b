/** What the library can be filtered by. */
import type { ImageState } from "@/api/shapes";

export const STATE_CHOICES = [
  "ready",
  "processing",
  "partially_ready",
  "failed",
] as const satisfies readonly ImageState[];

export const FORMAT_CHOICES = [
  "jpeg",
  "png",
  "webp",
  "avif",
  "gif",
  "tiff",
  "bmp",
  "heic",
] as const;
