/** Fetches the code of other pages while nothing else is to be done, so that a click finds it here. */
import { parts } from "./part";

interface Connection {
  saveData?: boolean;
  effectiveType?: string;
}

/** Long enough for the first page and its pictures to go ahead. */
const LATER_MS = 1500;

/** Whether the reader saves bytes, or has a slow connection. */
export function isThrifty(connection: Connection | undefined): boolean {
  return connection?.saveData === true || /2g$/.test(connection?.effectiveType ?? "");
}

function connectionNow(): Connection | undefined {
  return (navigator as Navigator & { connection?: Connection }).connection;
}

function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ("requestIdleCallback" in globalThis) globalThis.requestIdleCallback(() => resolve());
    else setTimeout(resolve);
  });
}

/**
 * One part after the other, also those that a part has brought; ends at the first that fails, or when
 * `signal` says so. Starts again from there when it is called again.
 */
export async function prefetchParts(
  signal: AbortSignal,
  pause = idle,
  laterMs = LATER_MS,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, laterMs));
  for (;;) {
    await pause();
    if (signal.aborted || !navigator.onLine || isThrifty(connectionNow())) return;
    const next = [...parts].find((part) => !part.isAsked);
    if (!next) return;
    await next.prefetch();
    if (!next.isAsked) return;
  }
}
