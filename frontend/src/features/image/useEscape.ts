import { useEffect } from "react";

const EDITED = "input, textarea, select, [contenteditable=true]";
/** Escape closes these first. */
const OPEN = "[role=dialog], [role=alertdialog], [role=menu], [role=listbox]";

/** Calls `leave` at Escape, unless a field has the focus or something is open that it closes. */
export function useEscape(leave: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.isComposing || document.fullscreenElement) return;
      const pressedIn = event.target instanceof Element ? event.target : null;
      if (pressedIn?.closest(EDITED)) return;
      // What closes at Escape may be gone from the page by now; the event still says where the key was pressed.
      if (document.querySelector(OPEN) || pressedIn?.closest(OPEN)) return;
      leave();
    };
    // On the way down: by the time that the event bubbles, what it closed is gone already.
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, [leave]);
}
