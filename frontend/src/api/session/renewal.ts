/**
 * Renews the access token by the HttpOnly cookie, once at a time over all tabs.
 *
 * A Web Lock orders the tabs; the one that waited takes the token that the one before broadcast.
 * Where Web Locks are missing (plain http on a host other than localhost), one renewal per tab
 * remains, and the server answers parallel ones with the same successor for some seconds.
 */
import { randomId } from "@/api/identifiers";
import { networkProblem, problemFromResponse } from "@/api/problem";
import { announceAccess, forgetSession, peerAccess } from "./sessionChannel";
import { type Access, sessionStore } from "./sessionStore";

const LOCK = "session-renewal";
/** A token this close to its end is renewed before it is used. */
const MARGIN_MS = 30_000;
/** How long a tab that waited for the lock listens for the token of the tab before it. */
const HANDOVER_MS = 150;
/** The lock is held meanwhile, so that an answer that never comes would stop every tab. */
export const LOCKED_AT_MOST_MS = 20_000;

let inFlight: Promise<string | null> | null = null;

function isFresh(access: Access): boolean {
  return access.expiresAt - MARGIN_MS > Date.now();
}

interface TokenReply {
  access: string;
  /** Seconds. */
  expires_in: number;
}

export function accessFrom(reply: TokenReply): Access {
  return { token: reply.access, expiresAt: Date.now() + reply.expires_in * 1000 };
}

async function refreshByCookie(): Promise<string | null> {
  const asked = sessionStore.generation();
  let response: Response;
  try {
    response = await fetch("/auth/refresh", {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-Request-ID": randomId() },
      signal: AbortSignal.timeout(LOCKED_AT_MOST_MS),
    });
  } catch {
    throw networkProblem();
  }
  if (!response.ok && response.status !== 401) throw await problemFromResponse(response);
  const reply = response.ok ? ((await response.json()) as TokenReply) : null;
  // Somebody has signed out or in meanwhile, here or in another tab.
  if (sessionStore.generation() !== asked) return sessionStore.get().access?.token ?? null;
  if (reply === null) {
    forgetSession();
    return null;
  }
  const access = accessFrom(reply);
  announceAccess(access);
  return access.token;
}

async function renewUnlessDone(stale: string | null, waited: boolean): Promise<string | null> {
  const known = sessionStore.get().access?.token ?? null;
  if (waited && known === stale) await peerAccess(HANDOVER_MS);
  const { access } = sessionStore.get();
  if (access && access.token !== stale && isFresh(access)) return access.token;
  return refreshByCookie();
}

/** Does `work` while no tab renews; `waited` says whether another one had to finish before. */
export function whileNoTabRenews<T>(work: (waited: boolean) => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work(false);
  const asked = performance.now();
  return new Promise((resolve, reject) => {
    void navigator.locks.request(LOCK, async () => {
      const waited = performance.now() - asked > 20;
      await work(waited).then(resolve, reject);
    });
  });
}

/** A new token in place of `stale`; null when the session is over. Throws when nobody could say. */
export function renewAccess(stale: string | null): Promise<string | null> {
  const { phase } = sessionStore.get();
  // Refused already: requests that were under way at that moment need not ask again.
  if (phase === "anonymous" || phase === "expired") return Promise.resolve(null);
  inFlight ??= whileNoTabRenews((waited) => renewUnlessDone(stale, waited)).finally(() => {
    inFlight = null;
  });
  return inFlight;
}

/** A token that is good for the next request; null when nobody is signed in. */
export async function currentAccessToken(): Promise<string | null> {
  const { access } = sessionStore.get();
  if (access && isFresh(access)) return access.token;
  return renewAccess(access?.token ?? null);
}
