import { type PointerEvent, type RefObject, useRef } from "react";
import { isDoubleTap, isSideways, isTap, swipeOf, type Tap, type Way } from "./swipe";

interface Options {
  picture: RefObject<HTMLElement | null>;
  dir: "ltr" | "rtl";
  /** False while the finger's way scrolls the picture instead. */
  swipeable: boolean;
  onSwipe(towards: "next" | "previous"): void;
  onDoubleTap(event: PointerEvent): void;
}

/** Beyond this the browser's own pinch has enlarged the page, and a finger moves that about. */
const PINCHED = 1.01;

/** A finger on the picture: swiping sideways leafs, two taps enlarge. Pinching is the browser's. */
export function useTouch({ picture, dir, swipeable, onSwipe, onDoubleTap }: Options) {
  const start = useRef<{ id: number; x: number; y: number } | null>(null);
  const lastTap = useRef<Tap | null>(null);

  const settle = (): void => {
    start.current = null;
    picture.current?.style.removeProperty("translate");
  };
  const wayOf = (event: PointerEvent): Way | null => {
    const { current: from } = start;
    if (from?.id !== event.pointerId) return null;
    return { dx: event.clientX - from.x, dy: event.clientY - from.y };
  };
  const swipes = (): boolean => swipeable && (visualViewport?.scale ?? 1) < PINCHED;

  return {
    down: (event: PointerEvent): void => {
      settle(); // a second finger begins a pinch, and ends the swipe
      if (!event.isPrimary) return;
      start.current = { id: event.pointerId, x: event.clientX, y: event.clientY };
    },
    move: (event: PointerEvent): void => {
      const way = wayOf(event);
      if (!way || !swipes() || !isSideways(way)) return;
      picture.current?.style.setProperty("translate", `${way.dx}px 0`);
    },
    up: (event: PointerEvent): void => {
      const way = wayOf(event);
      settle();
      if (!way) return;
      if (isTap(way)) {
        const tap = { x: event.clientX, y: event.clientY, at: event.timeStamp };
        const second = isDoubleTap(lastTap.current, tap);
        lastTap.current = second ? null : tap;
        if (second) onDoubleTap(event);
        return;
      }
      const towards = swipes() ? swipeOf(way, dir) : null;
      if (towards) onSwipe(towards);
    },
    cancel: settle,
  };
}
