/** Who is signed in, in this tab's memory only: the access token is never written anywhere. */
import type { ApiProblem } from "@/api/problem";

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
  /** Why the server could not be asked, while `unreachable`. */
  problem?: ApiProblem;
}

type Listener = (state: SessionState, previous: SessionState) => void;

let state: SessionState = { phase: "restoring", access: null, userId: null };
const listeners = new Set<Listener>();
let generation = 0;

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
  /**
   * Counts tokens adopted and sessions ended. An answer that was asked for in an earlier generation
   * says nothing any more: it may come after the sign-out that made it worthless.
   */
  generation: (): number => generation,
  adopt(access: Access): void {
    generation += 1;
    replace({ phase: "active", access, userId: subjectOf(access.token) });
  },
  /** The refresh was refused: keep the page when somebody was working in it. */
  refuse(): void {
    const wasWorking = state.phase === "active" || state.phase === "expired";
    if (wasWorking) replace({ ...state, phase: "expired", access: null });
    else replace({ phase: "anonymous", access: null, userId: null });
  },
  end(): void {
    generation += 1;
    replace({ phase: "anonymous", access: null, userId: null });
  },
  restoring(): void {
    replace({ phase: "restoring", access: state.access, userId: state.userId });
  },
  unreachable(problem: ApiProblem): void {
    if (state.phase === "restoring") replace({ ...state, phase: "unreachable", problem });
  },
};
