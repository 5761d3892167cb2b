/** Who is signed in, in this tab's memory only: the access token is never written anywhere. */

export type SessionPhase =
  | "restoring" // asking the server whether the cookie still opens a session
  | "anonymous"
  | "active"
  | "expired" // was active; the page stays, and asks for the password again
  | "unreachable"; // the server could not be asked

export interface Access {
  token: string;
  /** Milliseconds since the epoch, by this computer's clock. */
  expiresAt: number;
}

export interface SessionState {
  phase: SessionPhase;
  access: Access | null;
  /** The account's id; kept while `expired`, to notice when somebody else signs in. */
  userId: string | null;
}

type Listener = (state: SessionState, previous: SessionState) => void;

let state: SessionState = { phase: "restoring", access: null, userId: null };
const listeners = new Set<Listener>();

function replace(next: SessionState): void {
  const previous = state;
  state = next;
  for (const listener of listeners) listener(next, previous);
}

/** The `sub` of a token, unverified: it only decides which cache to throw away. */
export function subjectOf(token: string): string | null {
  try {
    const payload = token.split(".")[1] ?? "";
    const json = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    const claims = JSON.parse(json) as { sub?: unknown };
    return typeof claims.sub === "string" ? claims.sub : null;
  } catch {
    return null;
  }
}

export const sessionStore = {
  get: (): SessionState => state,
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  adopt(access: Access): void {
    replace({ phase: "active", access, userId: subjectOf(access.token) });
  },
  /** The refresh was refused: keep the page when somebody was working in it. */
  refuse(): void {
    const wasWorking = state.phase === "active" || state.phase === "expired";
    if (wasWorking) replace({ ...state, phase: "expired", access: null });
    else replace({ phase: "anonymous", access: null, userId: null });
  },
  end(): void {
    replace({ phase: "anonymous", access: null, userId: null });
  },
  restoring(): void {
    replace({ ...state, phase: "restoring" });
  },
  unreachable(): void {
    if (state.phase === "restoring") replace({ ...state, phase: "unreachable" });
  },
};
