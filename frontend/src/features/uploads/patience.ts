/** How long to wait before an upload that was refused only for now is sent again. */
import { ApiProblem } from "@/api/problem";

const FIRST_MS = 1000;
const SLOWEST_MS = 30_000;
/** A little longer than the server keeps an Idempotency-Key for a request that was cut off. */
const AT_MOST_MS = 330_000;

/** Refused for now: too many requests, a part that is down, or the first try is still under way. */
function isPassing({ status, code }: ApiProblem): boolean {
  return status === 429 || status === 503 || code === "idempotency_in_progress";
}

/** Counts the waiting of one upload, which has an end. */
export class Patience {
  private waitedMs = 0;
  private nextMs = FIRST_MS;

  /** Milliseconds to wait after this refusal; null when waiting helps no more. */
  pauseMs(error: unknown): number | null {
    if (!(error instanceof ApiProblem) || !isPassing(error)) return null;
    const pause = Math.max(this.nextMs, (error.retryAfterS ?? 0) * 1000);
    if (this.waitedMs + pause > AT_MOST_MS) return null;
    this.waitedMs += pause;
    this.nextMs = Math.min(this.nextMs * 2, SLOWEST_MS);
    return pause;
  }
}
