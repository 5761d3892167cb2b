import { type ReactNode, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import classes from "./Deck.module.css";
import { placeOf, type Slot } from "./deckSlots";

const SLOTS: readonly Slot[] = ["bar", "dock"];

/**
 * The lower edge of the window: the bar of what is selected and the uploads, beside each other or one
 * above the other, never one over the other. Says how much space they take (`--bar-block`,
 * `--dock-block`, `--dock-inline`), so that messages appear beside and above them, and what has the
 * focus is scrolled clear.
 */
export function Deck() {
  const deck = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const root = document.documentElement.style;
    const watching = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const { slot } = (target as HTMLElement).dataset;
        const { width, height } = target.getBoundingClientRect();
        root.setProperty(`--${slot}-block`, `${Math.ceil(height)}px`);
        root.setProperty(`--${slot}-inline`, `${height > 0 ? Math.ceil(width) : 0}px`);
      }
    });
    for (const slot of SLOTS) {
      deck.current?.append(placeOf(slot));
      watching.observe(placeOf(slot));
    }
    return () => watching.disconnect();
  }, []);
  return <div ref={deck} className={classes.deck} />;
}

/** Puts something into one of the places of the deck, from wherever in the page it belongs. */
export function InDeck({ slot, children }: { slot: Slot; children: ReactNode }) {
  return createPortal(children, placeOf(slot));
}
