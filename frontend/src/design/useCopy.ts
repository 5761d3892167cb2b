import { useCallback, useEffect, useRef, useState } from "react";
import { copyText } from "./copyText";

const SHOWN_MS = 1600;

/** Copies, and says for a moment that it has; `copy` answers whether it could. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<boolean> } {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = useCallback(async (text: string) => {
    if (!(await copyText(text))) return false;
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), SHOWN_MS);
    return true;
  }, []);
  return { copied, copy };
}
