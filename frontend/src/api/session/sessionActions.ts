import type { Tokens } from "@/api/accountShapes";
import { api, unwrap } from "@/api/client";
import { ApiProblem, asProblem } from "@/api/problem";
import {
  accessFrom,
  currentAccessToken,
  LOCKED_AT_MOST_MS,
  renewAccess,
  whileNoTabRenews,
} from "./renewal";
import { announceAccess, announceSignOut, sessionMayExist } from "./sessionChannel";
import { sessionStore } from "./sessionStore";

/** Finds out at start whether the cookie still opens a session. Never throws. */
export async function restoreSession(): Promise<void> {
  if (!sessionMayExist()) {
    sessionStore.end();
    return;
  }
  sessionStore.restoring();
  try {
    await renewAccess(null);
  } catch (error) {
    sessionStore.unreachable(asProblem(error));
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  const reply = await unwrap(api.POST("/auth/login", { body: { email, password } }));
  announceAccess(accessFrom(reply));
}

/** Begins the session of a second step, or of a passkey. */
export async function signInBy(call: Promise<Tokens>): Promise<void> {
  announceAccess(accessFrom(await call));
}

export async function register(name: string, email: string, password: string): Promise<void> {
  await unwrap(api.POST("/auth/register", { body: { name, email, password } }));
}

/** Ends this browser's session. Throws when the server was not reached: the cookie still works. */
export async function signOut(): Promise<void> {
  await endSession((signal) => unwrap(api.POST("/auth/logout", { signal })));
}

export async function signOutEverywhere(): Promise<void> {
  await endSession((signal) => unwrap(api.POST("/auth/logout-all", { signal })));
}

/**
 * No tab renews while the session ends: the answer to a renewal would bring a new cookie after the
 * old one was taken away. The token is renewed before, where that is due.
 */
async function endSession(call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  try {
    if ((await currentAccessToken()) !== null) {
      await whileNoTabRenews(() => call(AbortSignal.timeout(LOCKED_AT_MOST_MS)));
    }
  } catch (error) {
    // A 401 says that the session had ended already, which is what was asked for.
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
  }
  announceSignOut();
}
