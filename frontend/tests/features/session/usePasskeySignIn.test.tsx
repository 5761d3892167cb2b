// @vitest-environment jsdom
import { act, cleanup, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { announceSignOut } from "@/api/session/sessionChannel";
import { sessionStore } from "@/api/session/sessionStore";
import { usePasskeySignIn } from "@/features/session/usePasskeySignIn";
import { FakeAccount, json } from "../../fakeAccount";

let server: FakeAccount;
vi.mock("@/api/transport", () => ({
  authorizedFetch: (request: Request) => server.answer(request),
}));

/** What the browser is asked: those in the field wait until they are chosen or aborted. */
let waiting: { choose(): void; signal: AbortSignal }[];
let dialogs: number;
let answer: () => Promise<unknown>;

beforeEach(() => {
  waiting = [];
  dialogs = 0;
  answer = async () => ({ toJSON: () => ({ id: "p" }) });
  vi.stubGlobal("PublicKeyCredential", {
    isConditionalMediationAvailable: async () => true,
    parseRequestOptionsFromJSON: (options: unknown) => options,
  });
  vi.stubGlobal("navigator", {
    credentials: {
      get: ({ mediation, signal }: { mediation?: string; signal: AbortSignal }) => {
        if (mediation !== "conditional") {
          dialogs += 1;
          return answer();
        }
        return new Promise((resolve, reject) => {
          waiting.push({ choose: () => resolve({ toJSON: () => ({ id: "f" }) }), signal });
          signal.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
        });
      },
    },
  });
  announceSignOut();
  server = new FakeAccount()
    .on("POST /auth/login/passkey/options", () => json({ options: { challenge: "x" }, state: "s" }))
    .on("POST /auth/login/passkey", () =>
      json({ access: "e30.eyJzdWIiOiJhIn0.x", expires_in: 600 }),
    );
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

test("a passkey that is chosen in the field signs in", async () => {
  const done = vi.fn();
  renderHook(() => usePasskeySignIn(true, done));
  await waitFor(() => expect(waiting.length).toBe(1));
  waiting[0]?.choose();
  await waitFor(() => expect(done).toHaveBeenCalledOnce());
  expect(sessionStore.get().phase).toBe("active");
  expect(server.asked("POST /auth/login/passkey")).toEqual([
    { state: "s", credential: { id: "f" } },
  ]);
});

test("the button ends the waiting, and a closed dialog begins it again", async () => {
  answer = () => Promise.reject(new DOMException("", "NotAllowedError"));
  const { result } = renderHook(() => usePasskeySignIn(true, () => undefined));
  await waitFor(() => expect(waiting.length).toBe(1));
  act(() => result.current.begin());
  await waitFor(() => expect(result.current.error).toMatchObject({ code: "passkey_canceled" }));
  expect([dialogs, waiting[0]?.signal.aborted]).toEqual([1, true]);
  await waitFor(() => expect(waiting.length).toBe(2));
});

test("nothing is asked where passkeys are not offered, or after the page", async () => {
  const { unmount, rerender } = renderHook(
    ({ offered }) => usePasskeySignIn(offered, () => undefined),
    { initialProps: { offered: false } },
  );
  expect(server.requests).toEqual([]);
  rerender({ offered: true });
  await waitFor(() => expect(waiting.length).toBe(1));
  unmount();
  expect(waiting[0]?.signal.aborted).toBe(true);
});
