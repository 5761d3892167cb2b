import {
  type PointerEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { enlargedWidth, turnedWidth } from "./zoom";

interface Point {
  clientX: number;
  clientY: number;
}

interface Anchor extends Point {
  /** Where in the picture the point is, as a share of its width and height. */
  across: number;
  down: number;
}

const DRAG_LEAST_PX = 3;

/**
 * The picture fitted to its frame (`width` null), or at a width in CSS pixels with the frame
 * scrolling over it: so fingers, wheel, keys and scroll bars pan as everywhere, and a mouse drags.
 * What is under the pointer stays under it. `natural` is the width of the file that is shown.
 */
export function useZoom(natural: number | null) {
  const frame = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLDivElement>(null);
  const fitted = useRef(0);
  const anchor = useRef<Anchor | null>(null);
  const [width, setWidth] = useState<number | null>(null);

  const zoom = useCallback(
    (next: (current: number, fitted: number) => number | null, at?: Point) => {
      const box = picture.current?.getBoundingClientRect();
      if (!frame.current || !box?.width) return;
      if (width === null) fitted.current = box.width;
      anchor.current = anchorIn(box, at ?? middleOf(frame.current));
      setWidth(next(box.width, fitted.current));
    },
    [width],
  );
  const toggle = useCallback(
    (at?: Point) => {
      if (width !== null) setWidth(null);
      else if (natural) {
        const wide = frame.current?.clientWidth ?? 0;
        zoom((_, fit) => enlargedWidth(fit, { natural, frame: wide }), at);
      }
    },
    [natural, width, zoom],
  );

  useLayoutEffect(() => {
    const at = anchor.current;
    const box = picture.current?.getBoundingClientRect();
    if (width === null || !at || !box || !frame.current) return;
    frame.current.scrollLeft += box.left + at.across * box.width - at.clientX;
    frame.current.scrollTop += box.top + at.down * box.height - at.clientY;
    anchor.current = null;
  }, [width]);

  useEffect(() => {
    const { current: box } = frame;
    if (!box || !natural) return;
    // Two fingers on a touchpad come as a wheel with Ctrl, too. React's own listener is passive.
    const onWheel = (event: WheelEvent): void => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoom((now, fit) => turnedWidth(now, event.deltaY, { natural, fitted: fit }), event);
    };
    box.addEventListener("wheel", onWheel, { passive: false });
    return () => box.removeEventListener("wheel", onWheel);
  }, [natural, zoom]);

  return { frame, picture, width, toggle, drag: useDrag(picture, width !== null) };
}

function middleOf(frame: HTMLElement): Point {
  const { left, top, width, height } = frame.getBoundingClientRect();
  return { clientX: left + width / 2, clientY: top + height / 2 };
}

function anchorIn(box: DOMRect, { clientX, clientY }: Point): Anchor {
  const across = (clientX - box.left) / box.width;
  return { clientX, clientY, across, down: (clientY - box.top) / box.height };
}

/** Pulls the frame's content along with the mouse, from where it was pressed on the picture. */
function useDrag(picture: React.RefObject<HTMLDivElement | null>, enabled: boolean) {
  const from = useRef<Point | null>(null);
  const end = (event: PointerEvent<HTMLDivElement>): void => {
    from.current = null;
    event.currentTarget.removeAttribute("data-dragging");
  };
  return {
    down: (event: PointerEvent<HTMLDivElement>): void => {
      const onPicture = picture.current?.contains(event.target as Node);
      if (enabled && onPicture && event.button === 0) from.current = point(event);
    },
    move: (event: PointerEvent<HTMLDivElement>): void => {
      const { current: start } = from;
      if (!start) return;
      const frame = event.currentTarget;
      const [dx, dy] = [event.clientX - start.clientX, event.clientY - start.clientY];
      if (!frame.hasPointerCapture(event.pointerId)) {
        // Captured only when it moves: a captured click would not reach what is clicked.
        if (Math.hypot(dx, dy) < DRAG_LEAST_PX) return;
        frame.setPointerCapture(event.pointerId);
        frame.setAttribute("data-dragging", "");
      }
      frame.scrollLeft -= dx;
      frame.scrollTop -= dy;
      from.current = point(event);
    },
    end,
  };
}

function point({ clientX, clientY }: Point): Point {
  return { clientX, clientY };
}
