/** What a finger's way over the picture means. */

const SWIPE_LEAST_PX = 56;
const TAP_MOST_PX = 10;
const DOUBLE_TAP_MS = 320;
const DOUBLE_TAP_PX = 32;

export interface Way {
  dx: number;
  dy: number;
}

export interface Tap {
  x: number;
  y: number;
  /** `timeStamp` of the event, in milliseconds. */
  at: number;
}

/** Whether the way leads sideways; up and down is scrolling. */
export function isSideways({ dx, dy }: Way): boolean {
  return Math.abs(dx) > 2 * Math.abs(dy);
}

/** Where a swipe leads: what lies to the right is pulled in by moving to the left. */
export function swipeOf(way: Way, dir: "ltr" | "rtl"): "next" | "previous" | null {
  if (Math.abs(way.dx) < SWIPE_LEAST_PX || !isSideways(way)) return null;
  return way.dx < 0 === (dir === "ltr") ? "next" : "previous";
}

export function isTap({ dx, dy }: Way): boolean {
  return Math.hypot(dx, dy) <= TAP_MOST_PX;
}

export function isDoubleTap(first: Tap | null, second: Tap): boolean {
  if (!first || second.at - first.at > DOUBLE_TAP_MS) return false;
  return Math.hypot(second.x - first.x, second.y - first.y) <= DOUBLE_TAP_PX;
}
