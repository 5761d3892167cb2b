/** The opaque cursor inside a page's `next` URL; null on the last page. */
export function cursorOf(next: string | null | undefined): string | null {
  if (!next) return null;
  return new URL(next, "http://page.invalid").searchParams.get("cursor");
}
