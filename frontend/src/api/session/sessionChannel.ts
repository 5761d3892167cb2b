/** What the tabs of one browser tell each other about the session. Memory to memory, not storage. */
import { type Access, sessionStore } from "./sessionStore";

type Message = { kind: "access"; access: Access } | { kind: "signed-out" };

const HINT = "session-hint";
const channel = new BroadcastChannel("session");
const arrivals = new Set<() => void>();

channel.onmessage = (event: MessageEvent<Message>) => {
  if (event.data.kind === "signed-out") {
    sessionStore.end();
    return;
  }
  sessionStore.adopt(event.data.access);
  for (const arrived of arrivals) arrived();
};

/** Resolves when another tab hands over a token, or after `timeoutMs`. */
export function peerAccess(timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      arrivals.delete(done);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    arrivals.add(done);
  });
}

/**
 * Whether this browser has had a session that was not ended. Not a secret: it spares a visitor who
 * never signed in a request that can only be refused.
 */
export function sessionMayExist(): boolean {
  return localStorage.getItem(HINT) !== null;
}

/** A session may begin while these pages are away, at another site that signs the person in. */
export function expectSession(): void {
  localStorage.setItem(HINT, "1");
}

export function announceAccess(access: Access): void {
  localStorage.setItem(HINT, "1");
  sessionStore.adopt(access);
  channel.postMessage({ kind: "access", access } satisfies Message);
}

export function announceSignOut(): void {
  localStorage.removeItem(HINT);
  sessionStore.end();
  channel.postMessage({ kind: "signed-out" } satisfies Message);
}

/** The cookie no longer opens a session. The other tabs find out when they next need a token. */
export function forgetSession(): void {
  localStorage.removeItem(HINT);
  sessionStore.refuse();
}
