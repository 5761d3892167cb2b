/** Which files of an image to show, and how to write them into a page. */
import type { Image, Rendition } from "@/api/shapes";

export interface Source {
  url: string;
  width: number;
  height: number;
}

export type ReadyRendition = Rendition & { url: string; width: number; height: number };

export function isReady(rendition: Rendition): rendition is ReadyRendition {
  return rendition.state === "ready" && !!rendition.url && !!rendition.width && !!rendition.height;
}

/**
 * The presets' files in one format, narrowest first, one per width. WebP where there is any; it is
 * what every browser of today takes and is smaller than JPEG. None while an image is in the trash:
 * its files are not delivered then.
 */
export function presetSources(image: Image, format = "webp"): Source[] {
  if (image.trashed_at) return [];
  const ready = image.renditions.filter(isReady).filter((entry) => entry.preset);
  const wanted = ready.filter((entry) => entry.format === format);
  const byWidth = new Map<number, Source>();
  for (const { url, width, height } of wanted.length > 0 ? wanted : ready) {
    byWidth.set(width, { url, width, height });
  }
  return [...byWidth.values()].sort((a, b) => a.width - b.width);
}

/** A `srcset` value with width descriptors. */
export function srcSetOf(sources: readonly Source[]): string {
  return sources.map(({ url, width }) => `${url} ${width}w`).join(", ");
}

/** A name to call the image by; empty when it has neither title nor file name. */
export function nameOf(image: Image): string {
  return image.title || image.filename;
}
