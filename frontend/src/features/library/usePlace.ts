import { useCallback, useEffect, useRef, useState } from "react";
import { NavigationType, useLocation, useNavigationType } from "react-router";
import type { useImages } from "@/model/images/useImages";
import { keepPlace, placeAt } from "./places";

/** Input that ends the return to the earlier place: the reader has gone on. */
const IMPATIENCE = ["wheel", "touchmove", "pointerdown", "keydown"] as const;

interface Needs {
  list: ReturnType<typeof useImages>;
  /** How many images lead to the last one in the window. */
  shown: number;
  /** Gives the focus to the image at an index of the list. */
  onFocus(index: number): void;
}

/**
 * Brings a list back to where it was when one comes back to it, by Back or by a reload: pages are
 * fetched until it is long enough. What was opened from it gets the focus again.
 */
export function usePlace({ list, shown, onFocus }: Needs) {
  const { key } = useLocation();
  const isBack = useNavigationType() === NavigationType.Pop;
  const [place] = useState(() => (isBack ? placeAt(key) : null));
  const [isThere, setIsThere] = useState(place === null);
  const opened = useRef(place?.opened ?? null);
  const latest = useRef({ top: 0, count: 0 });
  const { images, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;

  useEffect(() => {
    latest.current.count = shown;
  }, [shown]);

  const keep = useCallback(
    () => keepPlace(key, { ...latest.current, opened: opened.current }),
    [key],
  );

  useEffect(() => {
    if (!isThere) return;
    latest.current.top = globalThis.scrollY;
    const onScroll = (): void => {
      latest.current.top = globalThis.scrollY;
    };
    addEventListener("scroll", onScroll, { passive: true });
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("scroll", onScroll);
      removeEventListener("pagehide", keep);
      keep();
    };
  }, [isThere, keep]);

  useEffect(() => {
    if (isThere) return;
    const stay = (): void => setIsThere(true);
    for (const name of IMPATIENCE) addEventListener(name, stay, { passive: true });
    return () => {
      for (const name of IMPATIENCE) removeEventListener(name, stay);
    };
  }, [isThere]);

  const isLongEnough = images.length >= (place?.count ?? 0) || !hasNextPage || isFetchNextPageError;
  useEffect(() => {
    if (isThere || isLongEnough || isFetching) return;
    void fetchNextPage();
  }, [isThere, isLongEnough, isFetching, fetchNextPage]);

  useEffect(() => {
    if (isThere || !isLongEnough || !place) return;
    // After the frame around the page has led the focus to its content.
    const frame = requestAnimationFrame(() => {
      scrollTo(0, place.top);
      const index = images.findIndex(({ id }) => id === opened.current);
      if (index >= 0) onFocus(index);
      opened.current = null;
      setIsThere(true);
    });
    return () => cancelAnimationFrame(frame);
  }, [isThere, isLongEnough, place, images, onFocus]);

  const onOpen = useCallback((id: string) => {
    opened.current = id;
  }, []);
  return { onOpen };
}
