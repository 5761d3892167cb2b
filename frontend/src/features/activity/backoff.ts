/** When to ask again about running jobs: quickly after a change, ever more slowly without one. */

const FIRST_MS = 1000;
const FACTOR = 1.5;
const SLOWEST_MS = 15_000;
const IDLE_MS = 30_000;

/** `quietRounds`: answers in a row that brought nothing new. */
export function nextPollMs(active: boolean, quietRounds: number): number {
  if (!active) return IDLE_MS;
  return Math.min(FIRST_MS * FACTOR ** quietRounds, SLOWEST_MS);
}
