// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { announceAccess, announceSignOut } from "@/api/session/sessionChannel";
import { authorizedFetch } from "@/api/transport";

const ORIGIN = "https://platform.test";
const TOKEN = "e30.eyJzdWIiOiJhIn0.x";

/** Requests that reached the server, as path and credentials. */
let asked: string[];

/** What a server without its role auth answers. */
function authIsDown(answer: (request: Request) => Response): void {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    if (!(input instanceof Request)) return new Response("", { status: 502 });
    const path = new URL(input.url).pathname;
    asked.push(`${path} ${input.headers.get("Authorization") ?? "nobody"}`);
    return answer(input);
  });
}

beforeEach(() => {
  vi.restoreAllMocks();
  asked = [];
});

test("the status is asked for without a token when none can be had", async () => {
  announceAccess({ token: TOKEN, expiresAt: 0 });
  authIsDown(() => Response.json({ status: "degraded" }, { status: 503 }));
  const answer = await authorizedFetch(new Request(`${ORIGIN}/api/v1/status`));
  expect(answer.status).toBe(503);
  expect(asked).toEqual(["/api/v1/status nobody"]);
});

test("the status is asked for again without a token that is refused", async () => {
  announceAccess({ token: TOKEN, expiresAt: Date.now() + 600_000 });
  authIsDown(
    ({ headers }) => new Response("{}", { status: headers.has("Authorization") ? 401 : 200 }),
  );
  const answer = await authorizedFetch(new Request(`${ORIGIN}/api/v1/status`));
  expect(answer.status).toBe(200);
  expect(asked).toEqual([`/api/v1/status Bearer ${TOKEN}`, "/api/v1/status nobody"]);
});

test("what belongs to somebody is not asked for without a token", async () => {
  announceAccess({ token: TOKEN, expiresAt: 0 });
  authIsDown(() => new Response("{}"));
  const call = authorizedFetch(new Request(`${ORIGIN}/api/v1/images`));
  await expect(call).rejects.toMatchObject({ status: 502 });
  expect(asked).toEqual([]);
});

test("signing out renews nothing: it holds the lock that a renewal would wait for", async () => {
  announceAccess({ token: TOKEN, expiresAt: 0 });
  authIsDown(() => new Response("{}", { status: 401 }));
  const request = new Request(`${ORIGIN}/auth/logout`, { method: "POST" });
  expect((await authorizedFetch(request)).status).toBe(401);
  expect(asked).toEqual([`/auth/logout Bearer ${TOKEN}`]);
  announceSignOut();
});
