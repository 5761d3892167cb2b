import { useEffect, useState } from "react";

/**
 * For dialogs that exist only while they are open: gives the focus back to what had it before,
 * unless that is gone or something else has taken the focus meanwhile.
 */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      const lost = document.activeElement === null || document.activeElement === document.body;
      if (lost && opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    },
    [opener],
  );
}
