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
  /** The account will be deleted: this session can look at it and take that back, and no more. */
  closing: boolean;
  /** Why the server could not be asked, while `unreachable`. */
  problem?: ApiProblem;
}

type Listener = (state: SessionState, previous: SessionState) => void;

let state: SessionState = { phase: "restoring", access: null, userId: null, closing: false };
const listeners = new Set<Listener>();
let generation = 0;

function replace(next: SessionState): void {
  const previous = state;
  state = next;
  for (const listener of listeners) listener(next, previous);
}

/** What a token says, unverified: it only decides what is shown; the server decides the rest. */
function claimsOf(token: string): { sub?: unknown; closing?: unknown } {
  try {
    const payload = token.split(".")[1] ?? "";
    const json = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
    return JSON.parse(json) as { sub?: unknown; closing?: unknown };
  } catch {
    return {};
  }
}

/** The `sub` of a token: whose caches are kept. */
export function subjectOf(token: string): string | null {
  const { sub } = claimsOf(token);
  return typeof sub === "string" ? sub : null;
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
    const closing = claimsOf(access.token).closing === true;
    replace({ phase: "active", access, userId: subjectOf(access.token), closing });
  },
  /** The refresh was refused: keep the page when somebody was working in it. */
  refuse(): void {
    const wasWorking = state.phase === "active" || state.phase === "expired";
    if (wasWorking) replace({ ...state, phase: "expired", access: null });
    else replace({ phase: "anonymous", access: null, userId: null, closing: false });
  },
  end(): void {
    generation += 1;
    replace({ phase: "anonymous", access: null, userId: null, closing: false });
  },
  restoring(): void {
    replace({ ...state, phase: "restoring" });
  },
  unreachable(problem: ApiProblem): void {
    if (state.phase === "restoring") replace({ ...state, phase: "unreachable", problem });
  },
};
