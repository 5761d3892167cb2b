import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** After a change of page the keyboard and the screen reader start at its content, as on a load. */
export function useFocusOnNavigation(contentId: string): void {
  const { pathname } = useLocation();
  const last = useRef(pathname);
  useEffect(() => {
    if (last.current === pathname) return;
    last.current = pathname;
    document.getElementById(contentId)?.focus({ preventScroll: true });
  }, [pathname, contentId]);
}
