// @vitest-environment jsdom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import AccountLayout from "@/features/account/AccountLayout";
import AuditPage from "@/features/account/AuditPage";
import ExportPage from "@/features/account/ExportPage";
import KeysPage from "@/features/account/KeysPage";
import SecurityPage from "@/features/account/SecurityPage";
import SessionsPage from "@/features/account/SessionsPage";
import { FakeAccount, json, refusal, shown, stubBrowser } from "../../fakeAccount";

let server: FakeAccount;
vi.mock("@/api/transport", () => ({
  authorizedFetch: (request: Request) => server.answer(request),
}));

const AT = "2026-01-02T03:04:05Z";
const NONE = { otp: null, recovery_codes_left: 0, passkeys: [], remembered_devices: [] };
const KEY = {
  ...{ id: "k1", name: "Backup", prefix: "ip_live_abc", scopes: ["images:read"], addresses: [] },
  ...{ created_at: AT, expires_at: null, last_used_at: null, last_used_address: null },
};

/** Refuses the first time for want of a fresh sign-in. */
function staleOnce(answer: () => Response): () => Response {
  let isFresh = false;
  return () => {
    if (isFresh) return answer();
    isFresh = true;
    return refusal(403, "reauthentication_required");
  };
}

const click = async (name: string | RegExp): Promise<void> => {
  fireEvent.click(await screen.findByRole("button", { name }));
};
const type = async (label: string, value: string): Promise<void> => {
  fireEvent.change(await screen.findByLabelText(label), { target: { value } });
};

beforeEach(() => {
  stubBrowser();
  server = new FakeAccount()
    .on("GET /auth/profile", () => json({ email: "a@example.com", has_password: true }))
    .on("GET /auth/factors", () => json(NONE))
    .on("GET /auth/identities", () => json([]))
    .on("GET /auth/sign-in-options", () => json({ passkeys: true, providers: [] }))
    .on("POST /auth/reauthenticate", () => json(null, 204));
});

test("an authenticator app is set up, and its recovery codes are shown once", async () => {
  const setup = { secret: "JBSWY3DP", uri: "otpauth://totp/x", qr_svg: "<svg>é</svg>" };
  server
    .on("POST /auth/factors/otp", () => json(setup, 201))
    .on("POST /auth/factors/otp/confirm", ({ code }) =>
      code === "123456" ? json({ recovery_codes: ["aaaa-1", "bbbb-2"] }) : refusal(400, "invalid"),
    );
  shown(SecurityPage, "/account/security", AccountLayout);
  await click("Set up the app");
  const picture = await screen.findByRole("img", { name: /QR code/ });
  expect(picture.getAttribute("src")).toMatch(/^data:image\/svg\+xml;base64,/);
  expect(screen.getByTestId("otp-secret").textContent).toBe("JBSWY3DP");
  await type("Code", "123 456");
  await click("Turn on");
  const codes = await screen.findByTestId("recovery-codes");
  expect(within(codes).getAllByRole("listitem").length).toBe(2);
  await click("I have kept them");
  await waitFor(() => expect(screen.queryByTestId("recovery-codes")).toBeNull());
});

test("a key is made after a proof, shown once, and revoked after a question", async () => {
  const keys = [KEY];
  server
    .on("GET /auth/api-keys", () => json({ results: keys, next: null, previous: null }))
    .on(
      "POST /auth/api-keys",
      staleOnce(() => json({ ...KEY, key: "ip_live_secret" }, 201)),
    )
    .on("DELETE /auth/api-keys/k1", () => {
      keys.pop();
      return json(null, 204);
    });
  shown(KeysPage, "/account/keys", AccountLayout);
  await click("Create a key");
  await type("Name", "Backup");
  await type("Only from these addresses", "203.0.113.0/24, 2001:db8::/32");
  fireEvent.click(
    within(await screen.findByRole("dialog")).getByRole("button", { name: "Create a key" }),
  );
  await type("Password", "correct horse");
  await click("Confirm");
  expect((await screen.findByTestId("new-key")).textContent).toBe("ip_live_secret");
  expect(server.asked("POST /auth/reauthenticate")).toEqual([{ password: "correct horse" }]);
  const [asked, again] = server.asked("POST /auth/api-keys");
  expect(again).toEqual(asked);
  expect(asked).toMatchObject({
    ...{ name: "Backup", scopes: ["images:read"] },
    addresses: ["203.0.113.0/24", "2001:db8::/32"],
  });
  await click("I have copied it");
  await click("Revoke Backup");
  await click("Revoke");
  expect(await screen.findByText("No API keys")).toBeTruthy();
});

test("whoever closes the question has done nothing, and is told of no failure", async () => {
  server
    .on("GET /auth/factors", () => json({ ...NONE, otp: { confirmed_at: AT } }))
    .on(
      "DELETE /auth/factors/otp",
      staleOnce(() => json(null, 204)),
    );
  shown(SecurityPage, "/account/security", AccountLayout);
  await click("Remove the app");
  fireEvent.click(
    within(await screen.findByRole("dialog")).getByRole("button", { name: "Remove the app" }),
  );
  expect(await screen.findByText("Confirm that it is you")).toBeTruthy();
  expect(await screen.findByRole("radio", { name: "Code" })).toBeTruthy();
  await click("Cancel");
  await waitFor(() => expect(screen.queryByText("Confirm that it is you")).toBeNull());
  expect(server.asked("DELETE /auth/factors/otp").length).toBe(1);
  expect(screen.queryByRole("alert")).toBeNull();
});

test("a session is shown with its place, where one is known", async () => {
  const session = {
    ...{ id: "s1", device: "curl/8", address: "192.0.2.1", current: true },
    ...{ created_at: AT, last_seen_at: AT, expires_at: AT },
  };
  const places = [{ city: "Leipzig", country: "DE" }, { city: "", country: "FR" }, null];
  const results = places.map((place, index) => ({ ...session, id: `s${index}`, place }));
  server.on("GET /auth/sessions", () => json({ results, next: null, previous: null }));
  shown(SessionsPage, "/account/sessions", AccountLayout);
  const rows = within(await screen.findByTestId("sessions")).getAllByRole("listitem");
  const words = rows.map((row) => row.textContent?.replace(/[\u2068\u2069]/g, ""));
  expect(words[0]).toContain("192.0.2.1 · Leipzig, Germany · Last active");
  expect(words[1]).toContain("192.0.2.1 · France · Last active");
  expect(words[2]).toContain("192.0.2.1 · Last active");
});

test("the log is filtered by the server, and goes on where its page ends", async () => {
  const entry = {
    ...{ id: "1", at: AT, act: "sign_in", outcome: "refused", target: "", address: "192.0.2.1" },
    ...{ device: "curl/8", details: {}, by: "unknown" },
  };
  server.on("GET /auth/audit", (_, { url }) => {
    const query = new URL(url).searchParams;
    if (query.get("act") === "passkey.add") return json({ results: [], next: null });
    if (query.get("cursor")) return json({ results: [{ ...entry, id: "2", act: "new.act" }] });
    return json({ results: [entry], next: "http://p.test/auth/audit?cursor=abc" });
  });
  shown(AuditPage, "/account/activity", AccountLayout);
  const list = await screen.findByTestId("audit");
  expect(within(list).getByText("Refused")).toBeTruthy();
  await click("Show more");
  expect(await within(list).findByText("new.act")).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Kind of entry"), { target: { value: "passkey.add" } });
  expect(await screen.findByText("No entries")).toBeTruthy();
});

test("an export is asked for, waited for, and downloaded", async () => {
  const exports: object[] = [];
  server
    .on("GET /api/v1/exports", () => json({ results: exports, next: null }))
    .on("POST /api/v1/exports", () => {
      const one = { id: "e", created_at: AT, expires_at: AT, bytes: 5_000_000, url: "/x/e?s=1" };
      exports.push({ ...one, state: "ready" }, { ...one, id: "f", state: "running", url: null });
      return json(exports[0], 202);
    });
  shown(ExportPage, "/account/export", AccountLayout);
  await click("Export everything");
  const link = await screen.findByRole("link", { name: "Download" });
  expect(link.getAttribute("href")).toBe("/x/e?s=1");
  expect(screen.getByRole("progressbar")).toBeTruthy();
  expect(
    screen.getByRole<HTMLButtonElement>("button", { name: "Export everything" }).disabled,
  ).toBe(true);
});

test("an account without a password is closed after a proof of another kind", async () => {
  server
    .on("GET /auth/profile", () => json({ email: "a@example.com", has_password: false }))
    .on("GET /api/v1/exports", () => refusal(503, "upstream_unavailable"))
    .on("DELETE /api/v1/account", () => json({ deletes_at: AT }, 202));
  shown(ExportPage, "/account/export", AccountLayout);
  expect(await screen.findByText("The exports could not be loaded")).toBeTruthy();
  await click("Delete my account");
  const dialog = await screen.findByRole("dialog");
  await waitFor(() => expect(within(dialog).queryByLabelText("Current password")).toBeNull());
  fireEvent.click(within(dialog).getByRole("button", { name: "Delete my account" }));
  expect(await screen.findByText(/Until then you can sign in and keep it/)).toBeTruthy();
  expect(server.asked("DELETE /api/v1/account")).toEqual([{}]);
});
