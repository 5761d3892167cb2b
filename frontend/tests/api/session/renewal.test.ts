// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";

/** An unsigned token for `subject`; only its payload is read here. */
function token(subject: string, serial = 0): string {
  const payload = btoa(JSON.stringify({ sub: subject, serial }));
  return `e30.${payload}.x`;
}

function reply(access: string): Response {
  return Response.json({ access, expires_in: 600, token_type: "Bearer" });
}

async function freshModules() {
  vi.resetModules();
  localStorage.clear();
  const store = await import("@/api/session/sessionStore");
  const channel = await import("@/api/session/sessionChannel");
  const renewal = await import("@/api/session/renewal");
  return { ...store, ...channel, ...renewal };
}

beforeEach(() => vi.restoreAllMocks());

test("parallel calls share one refresh", async () => {
  const { renewAccess } = await freshModules();
  const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => reply(token("a")));
  const tokens = await Promise.all([renewAccess(null), renewAccess(null), renewAccess(null)]);
  expect(new Set(tokens)).toEqual(new Set([token("a")]));
  expect(fetched).toHaveBeenCalledTimes(1);
});

test("a good token is used without asking the server", async () => {
  const { announceAccess, currentAccessToken } = await freshModules();
  const fetched = vi.spyOn(globalThis, "fetch");
  announceAccess({ token: token("a"), expiresAt: Date.now() + 600_000 });
  expect(await currentAccessToken()).toBe(token("a"));
  expect(fetched).not.toHaveBeenCalled();
});

test("a token about to end is renewed before it is used", async () => {
  const { announceAccess, currentAccessToken } = await freshModules();
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => reply(token("a", 2)));
  announceAccess({ token: token("a", 1), expiresAt: Date.now() + 5_000 });
  expect(await currentAccessToken()).toBe(token("a", 2));
});

test("a refused refresh keeps the page of somebody who was working", async () => {
  const { announceAccess, renewAccess, sessionStore, sessionMayExist } = await freshModules();
  vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("{}", { status: 401 }));
  announceAccess({ token: token("a"), expiresAt: 0 });
  expect(await renewAccess(token("a"))).toBeNull();
  expect(sessionStore.get()).toEqual({
    phase: "expired",
    access: null,
    userId: "a",
    closing: false,
  });
  expect(sessionMayExist()).toBe(false);
});

test("a refused refresh at the start means that nobody is signed in", async () => {
  const { renewAccess, sessionStore } = await freshModules();
  vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("{}", { status: 401 }));
  expect(await renewAccess(null)).toBeNull();
  expect(sessionStore.get().phase).toBe("anonymous");
});

test("a server that does not answer ends nobody's session", async () => {
  const { announceAccess, renewAccess, sessionStore } = await freshModules();
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Failed to fetch"));
  announceAccess({ token: token("a"), expiresAt: 0 });
  await expect(renewAccess(token("a"))).rejects.toMatchObject({ code: "network_unreachable" });
  expect(sessionStore.get().phase).toBe("active");
});

test("an answer that comes after the sign-out of another tab brings nobody back", async () => {
  const { announceAccess, renewAccess, sessionStore, sessionMayExist } = await freshModules();
  let answer = (_: Response): void => undefined;
  vi.spyOn(globalThis, "fetch").mockReturnValue(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  announceAccess({ token: token("a", 1), expiresAt: 0 });
  const renewed = renewAccess(token("a", 1));
  const otherTab = new BroadcastChannel("session");
  otherTab.postMessage({ kind: "signed-out" });
  await vi.waitFor(() => expect(sessionStore.get().phase).toBe("anonymous"));
  localStorage.removeItem("session-hint"); // the other tab has
  answer(reply(token("a", 2)));
  expect(await renewed).toBeNull();
  expect(sessionStore.get()).toEqual({
    phase: "anonymous",
    access: null,
    userId: null,
    closing: false,
  });
  expect(sessionMayExist()).toBe(false);
});

test("a refusal that comes after somebody has signed in ends no session", async () => {
  const { announceAccess, renewAccess, sessionStore } = await freshModules();
  let answer = (_: Response): void => undefined;
  vi.spyOn(globalThis, "fetch").mockReturnValue(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  announceAccess({ token: token("a"), expiresAt: 0 });
  const renewed = renewAccess(token("a"));
  announceAccess({ token: token("b"), expiresAt: Date.now() + 600_000 });
  answer(new Response("{}", { status: 401 }));
  expect(await renewed).toBe(token("b"));
  expect(sessionStore.get()).toMatchObject({ phase: "active", userId: "b", closing: false });
});

test("a refresh that never answers is given up, and with it the lock of all tabs", async () => {
  const { renewAccess } = await freshModules();
  const late = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(late.signal);
  vi.spyOn(globalThis, "fetch").mockImplementation(
    (_, init) =>
      new Promise((_resolve, reject) => {
        init?.signal?.addEventListener("abort", () => reject(new DOMException("", "TimeoutError")));
      }),
  );
  const renewed = renewAccess(null);
  late.abort();
  await expect(renewed).rejects.toMatchObject({ code: "network_unreachable" });
});

test("no token is ever written to storage", async () => {
  const { announceAccess } = await freshModules();
  announceAccess({ token: token("a"), expiresAt: Date.now() + 600_000 });
  const stored = JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage });
  expect(stored).not.toContain(token("a"));
});
