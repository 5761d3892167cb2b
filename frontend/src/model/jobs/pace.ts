/**
 * When to ask again about jobs: quickly after a change, ever more slowly without one. Of a few jobs
 * each change is wanted at once; of many, that they go on: then an answer has to bring the end of a
 * good part of them, and the number of questions hardly grows with that of the jobs.
 */
const FIRST_MS = 1000;
const SLOWER = 1.5;
const SLOWEST_MS = 15_000;
const SLOWER_FOR_MANY = 2;
const SLOWEST_FOR_MANY_MS = 10_000;
const IDLE_MS = 30_000;

const FEW = 4;
/** Of those awaited, the parts that should end between two questions. */
const TOO_SMALL = 0.15;
const LARGE = 0.4;

export interface Round {
  /** Whether anything is different from the answer before. */
  changed: boolean;
  /** Awaited jobs that are over by this answer. */
  ended: number;
  /** Jobs that are still awaited, and files that are still to become jobs. */
  left: number;
}

export class Pace {
  private intervalMs = FIRST_MS;

  /** After an answer. */
  answered({ changed, ended, left }: Round): void {
    const all = ended + left;
    if (all <= FEW) this.intervalMs = changed ? FIRST_MS : this.slower(SLOWER, SLOWEST_MS);
    else if (ended < TOO_SMALL * all)
      this.intervalMs = this.slower(SLOWER_FOR_MANY, SLOWEST_FOR_MANY_MS);
    else if (ended > LARGE * all)
      this.intervalMs = Math.max(FIRST_MS, this.intervalMs / SLOWER_FOR_MANY);
  }

  /** After no answer: who cannot answer is not asked at the first pace. */
  failed(): void {
    this.intervalMs = this.slower(SLOWER, SLOWEST_MS);
  }

  /** Milliseconds until the next question. */
  nextMs(active: boolean): number {
    if (active) return this.intervalMs;
    // What begins next begins at the first pace.
    this.intervalMs = FIRST_MS;
    return IDLE_MS;
  }

  private slower(factor: number, slowestMs: number): number {
    return Math.max(this.intervalMs, Math.min(this.intervalMs * factor, slowestMs));
  }
}
