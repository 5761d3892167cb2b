import { api, unwrap } from "@/api/client";
import { ApiProblem } from "@/api/problem";
import { accessFrom, renewAccess } from "./renewal";
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
  } catch {
    sessionStore.unreachable();
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  const reply = await unwrap(api.POST("/auth/login", { body: { email, password } }));
  announceAccess(accessFrom(reply));
}

export async function register(name: string, email: string, password: string): Promise<void> {
  await unwrap(api.POST("/auth/register", { body: { name, email, password } }));
}

/** Ends this browser's session. Throws when the server could not be told: the cookie still works. */
export async function signOut(): Promise<void> {
  await endSession(unwrap(api.POST("/auth/logout")));
}

export async function signOutEverywhere(): Promise<void> {
  await endSession(unwrap(api.POST("/auth/logout-all")));
}

async function endSession(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    // A 401 says that the session had ended already, which is what was asked for.
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
  }
  announceSignOut();
}
