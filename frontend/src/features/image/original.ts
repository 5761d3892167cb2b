/** Whether and when the viewer shows the original itself, not a rendition of it. */
import type { Image, ImageFormat } from "@/api/shapes";

/** What every browser of today draws; of the others the renditions are shown. */
const IS_DRAWN: Record<ImageFormat, boolean> = {
  ...{ jpeg: true, png: true, gif: true, webp: true, avif: true, bmp: true },
  ...{ tiff: false, heic: false },
};

/** An animation of more bytes does not come by itself: it may cost the reader money. */
export const PLAYS_UNASKED_BYTES = 5_000_000;

/** The original's URL, where a browser can show what is there. */
export function originalUrl(image: Image): string | null {
  return image.trashed_at || !IS_DRAWN[image.format] ? null : image.links.original;
}

export interface MediaPreferences {
  /** The reader has asked the system for less motion. */
  reducedMotion: boolean;
  /** The reader has asked the browser to load less. */
  saveData: boolean;
}

/** Whether an animation plays without being asked to. */
export function playsUnasked(image: Image, { reducedMotion, saveData }: MediaPreferences): boolean {
  return (
    image.animated &&
    originalUrl(image) !== null &&
    image.bytes <= PLAYS_UNASKED_BYTES &&
    !reducedMotion &&
    !saveData
  );
}

/** What this reader has asked for. `saveData` is Chromium's, and absent elsewhere. */
export function currentPreferences(): MediaPreferences {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return {
    reducedMotion: matchMedia("(prefers-reduced-motion: reduce)").matches,
    saveData: connection?.saveData ?? false,
  };
}
