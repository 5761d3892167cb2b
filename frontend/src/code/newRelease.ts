/** Whether code was missing because the server has a newer release; a banner says so. */
import { useSyncExternalStore } from "react";
import { askServer } from "./release";

let isNewer = false;
const listeners = new Set<() => void>();

/** Asks the server after code has not come, even code that nobody waits for. */
export async function noticeMissingCode(): Promise<void> {
  if (isNewer || (await askServer()).state !== "newer") return;
  isNewer = true;
  for (const listener of listeners) listener();
}

export function watchMissingCode(): void {
  globalThis.addEventListener("vite:preloadError", () => void noticeMissingCode());
}

export function useNewRelease(): boolean {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    () => isNewer,
  );
}
