/** Transfer speed over the last seconds, from samples of how much has been sent. */

export interface Sample {
  atMs: number;
  sentBytes: number;
}

const WINDOW_MS = 3000;

/** Adds a sample and drops those that have left the window, but always keeps two. */
export function withSample(samples: readonly Sample[], sample: Sample): Sample[] {
  const all = [...samples, sample];
  const recent = all.filter((entry) => sample.atMs - entry.atMs <= WINDOW_MS);
  return recent.length >= 2 ? recent : all.slice(-2);
}

/** Bytes per second between the first and the last sample; null while that cannot be known. */
export function bytesPerSecond(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.atMs <= first.atMs) return null;
  return ((last.sentBytes - first.sentBytes) * 1000) / (last.atMs - first.atMs);
}

/** Whole seconds until the rest is sent; null while the speed is unknown or nothing moves. */
export function secondsLeft(totalBytes: number, sentBytes: number, speed: number | null) {
  if (speed === null || speed <= 0) return null;
  return Math.max(0, Math.ceil((totalBytes - sentBytes) / speed));
}
