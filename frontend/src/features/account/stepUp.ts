/**
 * Dangerous acts want somebody who has just proved who they are. When one is refused for that, a
 * dialog asks for the proof, and the act is done again.
 */
import { useSyncExternalStore } from "react";
import { ApiProblem } from "@/api/problem";

/** The dialog was closed: nothing was done, and nothing is to be said about it. */
export class StepUpCanceled extends Error {}

interface Asked {
  promise: Promise<void>;
  proved(): void;
  cancel(): void;
}

let asked: Asked | null = null;
const listeners = new Set<() => void>();

function replace(next: Asked | null): void {
  asked = next;
  for (const listener of listeners) listener();
}

/** Acts that are refused at the same time wait for the same proof. */
function proof(): Promise<void> {
  if (asked) return asked.promise;
  let settle = { proved: (): void => undefined, cancel: (): void => undefined };
  const promise = new Promise<void>((resolve, reject) => {
    settle = {
      proved: () => {
        replace(null);
        resolve();
      },
      cancel: () => {
        replace(null);
        reject(new StepUpCanceled());
      },
    };
  });
  replace({ promise, ...settle });
  return promise;
}

/** Does `work`, and does it again after a proof when it was refused for want of one. */
export async function fresh<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (refusal) {
    const isWanted = refusal instanceof ApiProblem && refusal.code === "reauthentication_required";
    if (!isWanted) throw refusal;
  }
  await proof();
  return work();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What the dialog answers to; null while nothing asks for a proof. */
export function useStepUp(): Pick<Asked, "proved" | "cancel"> | null {
  return useSyncExternalStore(subscribe, () => asked);
}
