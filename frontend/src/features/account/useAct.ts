import { useState } from "react";
import { fresh, StepUpCanceled } from "./stepUp";

interface Act {
  busy: boolean;
  error: unknown;
  /** Forgets what was refused. */
  reset(): void;
  /** Does `work`, asking for a proof where one is wanted; `done` gets its result. */
  act<T>(work: () => Promise<T>, done?: (result: T) => void): Promise<void>;
}

/** One act of a form or a button: whether it is under way, and what it was refused with. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  return {
    busy,
    error,
    reset: () => setError(null),
    act: async (work, done) => {
      setBusy(true);
      setError(null);
      try {
        const result = await fresh(work);
        done?.(result);
      } catch (refusal) {
        if (!(refusal instanceof StepUpCanceled)) setError(refusal);
      } finally {
        setBusy(false);
      }
    },
  };
}
