/** Until when a signed URL works, as its path says. */

/** The moment at which a URL of the form `/i/{key}/{Unix s}/…` ends; null for any other. */
export function expiryOf(url: string): Date | null {
  const seconds = /\/i\/[^/]+\/(\d{1,12})\/[^/]+\/[^/]+\/[^/]+$/.exec(url)?.[1];
  return seconds === undefined ? null : new Date(Number(seconds) * 1000);
}

/** The earliest expiry among several URLs that are copied as one text. */
export function earliestExpiry(urls: readonly string[]): Date | null {
  const ends = urls.map(expiryOf).filter((end) => end !== null);
  return ends.reduce<Date | null>((first, end) => (first && first <= end ? first : end), null);
}

export type ExpiryDay = "past" | "today" | "tomorrow" | "later";

/** On which of the reader's own days `end` is, as seen from `now`. */
export function expiryDay(end: Date, now: Date): ExpiryDay {
  if (end <= now) return "past";
  const midnight = (days: number): Date =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days);
  if (end < midnight(1)) return "today";
  return end < midnight(2) ? "tomorrow" : "later";
}
