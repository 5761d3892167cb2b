/** Tells image files from the rest by name and declared type; the server looks at the bytes. */
import type { ImageFormat } from "@/api/shapes";
import { isHidden } from "./droppedFiles";

/** How files of each format that the platform reads are named, and which types systems declare. */
const KNOWN: Record<ImageFormat, { endings: string[]; types: string[] }> = {
  jpeg: { endings: [".jpg", ".jpeg"], types: ["image/jpeg"] },
  png: { endings: [".png"], types: ["image/png"] },
  webp: { endings: [".webp"], types: ["image/webp"] },
  avif: { endings: [".avif"], types: ["image/avif"] },
  gif: { endings: [".gif"], types: ["image/gif"] },
  tiff: { endings: [".tif", ".tiff"], types: ["image/tiff"] },
  bmp: { endings: [".bmp"], types: ["image/bmp"] },
  heic: { endings: [".heic", ".heif", ".hif"], types: ["image/heic", "image/heif"] },
};

const ENDINGS = Object.values(KNOWN).flatMap(({ endings }) => endings);
const TYPES = new Set(Object.values(KNOWN).flatMap(({ types }) => types));

/** Few systems know a type for HEIC, so its file names are listed, too. */
export const ACCEPT = [...TYPES, ...KNOWN.heic.endings].join(",");

function isImage({ name, type }: File): boolean {
  const lower = name.toLowerCase();
  return TYPES.has(type) || ENDINGS.some((ending) => lower.endsWith(ending));
}

/** `others` counts what is no image; what systems hide in folders counts for nothing. */
export function splitImages(files: Iterable<File>): { images: File[]; others: number } {
  const all = [...files].filter(({ name }) => !isHidden(name));
  const images = all.filter(isImage);
  return { images, others: all.length - images.length };
}
