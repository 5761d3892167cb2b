import { useEffect, useState } from "react";
import type { MissingCode } from "./part";
import { askServer, isLeavingLossy, reloadOnce } from "./release";

export type Waiting =
  | "asking" // nothing is known yet
  | "network" // the server cannot be reached; goes on by itself
  | "work" // there is a newer release, and a reload now would lose something
  | "reader"; // the server is there and the code is not: what to do is up to the reader

const AGAIN_MS = 5000;
/** Tries that are made without asking anybody. */
const TRIES = 3;

/** What to do about missing code: something at once ("retry", or "over": it reloads), or to wait. */
async function nextStep(error: MissingCode, before: Waiting): Promise<Waiting | "retry" | "over"> {
  const { state, entry } = await askServer();
  if (state === "unreachable" || entry === null) return "network";
  if (state === "same") return before === "network" || error.failures < TRIES ? "retry" : "reader";
  if (isLeavingLossy()) return "work";
  return reloadOnce(entry) ? "over" : "reader";
}

/** Finds out why code is missing, and gets it as soon as that can be done without a loss. */
export function useRecovery(error: MissingCode, retry: () => void): Waiting {
  const [waiting, setWaiting] = useState<Waiting>("asking");

  useEffect(() => {
    let here = true;
    let busy = false;
    let now: Waiting = "asking";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const attempt = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      clearTimeout(timer);
      const next = await nextStep(error, now);
      busy = false;
      if (!here || next === "over") return;
      if (next === "retry") return retry();
      now = next;
      setWaiting(next);
      if (next !== "reader") timer = setTimeout(() => void attempt(), AGAIN_MS);
    };
    const onLine = (): void => void attempt();
    void attempt();
    globalThis.addEventListener("online", onLine);
    return () => {
      here = false;
      clearTimeout(timer);
      globalThis.removeEventListener("online", onLine);
    };
  }, [error, retry]);

  return waiting;
}
