/** Tells image files from the rest by name and declared type; the server looks at the bytes. */
import { isHidden } from "./droppedFiles";

const EXTENSIONS = /\.(jpe?g|png|webp|avif|gif|tiff?|bmp|hei[cf]|hif)$/i;

const TYPES = [
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/avif",
  "image/gif",
  "image/tiff",
  "image/bmp",
  "image/heic",
  "image/heif",
];

/** Few systems know a type for HEIC, so its file names are listed, too. */
export const ACCEPT = [...TYPES, ".heic", ".heif", ".hif"].join(",");

/** `others` counts what is no image; what systems hide in folders counts for nothing. */
export function splitImages(files: Iterable<File>): { images: File[]; others: number } {
  const all = [...files].filter(({ name }) => !isHidden(name));
  const images = all.filter((file) => TYPES.includes(file.type) || EXTENSIONS.test(file.name));
  return { images, others: all.length - images.length };
}
