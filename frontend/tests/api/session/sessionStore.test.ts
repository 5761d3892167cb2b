import { beforeEach, expect, test, vi } from "vitest";
import { networkProblem } from "@/api/problem";
import { sessionStore, subjectOf } from "@/api/session/sessionStore";

const tokenOf = (claims: object) => `e30.${btoa(JSON.stringify(claims))}.x`;
const accessOf = (claims: object) => ({ token: tokenOf(claims), expiresAt: 0 });

beforeEach(() => sessionStore.end());

test("a token says who is signed in, and whether the account is closing", () => {
  sessionStore.adopt(accessOf({ sub: "alice", closing: true }));
  expect(sessionStore.get()).toMatchObject({ phase: "active", userId: "alice", closing: true });
  sessionStore.adopt(accessOf({ sub: "alice" }));
  expect(sessionStore.get().closing).toBe(false);
});

test.each(["", "no token", "e30.%%%.x", tokenOf({ sub: 7 })])("%s names nobody", (token) => {
  expect(subjectOf(token)).toBeNull();
});

test("who was working keeps the page when the session is refused; a visitor has none", () => {
  sessionStore.refuse();
  expect(sessionStore.get().phase).toBe("anonymous");
  sessionStore.adopt(accessOf({ sub: "alice" }));
  sessionStore.refuse();
  expect(sessionStore.get()).toMatchObject({ phase: "expired", userId: "alice", access: null });
});

test("a session that nobody could check is not lost while it is being restored", () => {
  sessionStore.unreachable(networkProblem());
  expect(sessionStore.get().phase).toBe("anonymous");
  sessionStore.restoring();
  sessionStore.unreachable(networkProblem());
  expect(sessionStore.get().phase).toBe("unreachable");
});

test("signing in and out begin a new generation, a refusal does not", () => {
  const began = sessionStore.generation();
  sessionStore.adopt(accessOf({ sub: "alice" }));
  sessionStore.refuse();
  sessionStore.end();
  expect(sessionStore.generation()).toBe(began + 2);
});

test("listeners learn the state before, too, until they stop", () => {
  const told = vi.fn();
  const stop = sessionStore.subscribe((now, before) => told(before.phase, now.phase));
  sessionStore.adopt(accessOf({ sub: "alice" }));
  stop();
  sessionStore.end();
  expect(told.mock.calls).toEqual([["anonymous", "active"]]);
});
