/** How large the picture is drawn, in CSS pixels of its width. */

/** One pixel of the picture on eight of the screen: beyond that nothing more is to be seen. */
const LARGEST_SCALE = 8;
/** What is nearly at full size already would hardly change. */
const NEARLY_FULL = 0.9;
/** Of `deltaY` as browsers report it for a wheel or two fingers on a touchpad. */
const WHEEL_SPEED = 0.01;
const WHEEL_STEP_MOST = 40;

/**
 * The width after a double click on a picture that is fitted to the page: every pixel of it; where
 * that is so already, twice as large, and a small one as wide as its frame.
 */
export function enlargedWidth(
  fitted: number,
  { natural, frame }: { natural: number; frame: number },
): number {
  if (fitted < NEARLY_FULL * natural) return natural;
  return Math.max(2 * natural, Math.min(frame, LARGEST_SCALE * natural));
}

/** The width after a turn of the wheel; null when that is no larger than the fitted picture. */
export function turnedWidth(
  current: number,
  deltaY: number,
  { natural, fitted }: { natural: number; fitted: number },
): number | null {
  const step = Math.max(-WHEEL_STEP_MOST, Math.min(WHEEL_STEP_MOST, deltaY));
  const next = Math.min(current * Math.exp(-step * WHEEL_SPEED), natural * LARGEST_SCALE);
  return next <= fitted ? null : next;
}
