import type { ImageFormat } from "@/api/shapes";

/** A format as people write it. */
export function formatName(format: ImageFormat): string {
  return format === "webp" ? "WebP" : format.toUpperCase();
}
