/** Tells image files from the rest by name and declared type; the server looks at the bytes. */
const EXTENSIONS = /\.(jpe?g|png|webp|avif|gif|tiff?|bmp)$/i;

export const ACCEPT = "image/jpeg,image/png,image/webp,image/avif,image/gif,image/tiff,image/bmp";

const TYPES = new Set(ACCEPT.split(","));

export function splitImages(files: Iterable<File>): { images: File[]; others: number } {
  const all = [...files];
  const images = all.filter((file) => TYPES.has(file.type) || EXTENSIONS.test(file.name));
  return { images, others: all.length - images.length };
}
