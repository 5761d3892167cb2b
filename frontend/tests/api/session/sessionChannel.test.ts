// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { announceAccess, peerAccess } from "@/api/session/sessionChannel";
import { sessionStore } from "@/api/session/sessionStore";

/** Another tab of the same browser. */
const otherTab = new BroadcastChannel("session");

test("a token renewed in another tab is used here", async () => {
  const access = { token: "e30.eyJzdWIiOiJhIn0.x", expiresAt: Date.now() + 600_000 };
  const arrived = peerAccess(2000);
  otherTab.postMessage({ kind: "access", access });
  await arrived;
  expect(sessionStore.get()).toEqual({ phase: "active", access, userId: "a", closing: false });
});

test("signing out in another tab signs out here", async () => {
  announceAccess({ token: "e30.eyJzdWIiOiJhIn0.x", expiresAt: Date.now() + 600_000 });
  otherTab.postMessage({ kind: "signed-out" });
  await vi.waitFor(() => expect(sessionStore.get().phase).toBe("anonymous"));
  expect(sessionStore.get().access).toBeNull();
});
