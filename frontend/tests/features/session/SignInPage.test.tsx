// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";
import { announceSignOut } from "@/api/session/sessionChannel";
import { sessionStore } from "@/api/session/sessionStore";
import ConfirmEmailPage from "@/features/session/ConfirmEmailPage";
import ForgotPasswordPage from "@/features/session/ForgotPasswordPage";
import ResetPasswordPage from "@/features/session/ResetPasswordPage";
import SignInPage from "@/features/session/SignInPage";
import VerifyEmailPage from "@/features/session/VerifyEmailPage";
import { dropFragment } from "@/model/fragment";
import { FakeAccount, json, refusal, shown, stubBrowser } from "../../fakeAccount";

let server: FakeAccount;
vi.mock("@/api/transport", () => ({
  authorizedFetch: (request: Request) => server.answer(request),
}));

const OPTIONS = {
  ...{ registration_open: true, passkeys: true, password_reset: true },
  providers: [{ id: "acme", name: "Acme" }],
};
const TOKENS = { access: "e30.eyJzdWIiOiJhIn0.x", expires_in: 600 };

const click = async (name: string): Promise<void> => {
  fireEvent.click(await screen.findByRole("button", { name }));
};
const type = async (label: string, value: string): Promise<void> => {
  fireEvent.change(await screen.findByLabelText(label), { target: { value } });
};
const at = (address: string): void => history.replaceState(null, "", address);

beforeEach(() => {
  stubBrowser();
  dropFragment();
  announceSignOut();
  at("/sign-in");
  server = new FakeAccount()
    .on("GET /auth/sign-in-options", () => json(OPTIONS))
    .on("POST /auth/login", () =>
      refusal(401, "second_factor_required", { challenge: "c1", methods: ["otp", "recovery"] }),
    )
    .on("POST /auth/login/second-factor", ({ code, recovery_code }) =>
      code === "123456" || recovery_code === "good" ? json(TOKENS) : refusal(401, "code_invalid"),
    );
});

async function passwordGiven(): Promise<void> {
  await type("E-mail", "a@example.com");
  await type("Password", "correct horse");
  await click("Sign in");
  await screen.findByLabelText("Code");
}

test("after the password a code is asked for, and the device remembered", async () => {
  shown(SignInPage, "/sign-in");
  await passwordGiven();
  await type("Code", "000000");
  await click("Sign in");
  expect(await screen.findByRole("alert")).toBeTruthy();
  await type("Code", "123 456");
  fireEvent.click(screen.getByLabelText("Remember this device"));
  await click("Sign in");
  expect(await screen.findByText("elsewhere")).toBeTruthy();
  expect(sessionStore.get().phase).toBe("active");
  expect(server.asked("POST /auth/login/second-factor").at(-1)).toEqual({
    ...{ challenge: "c1", code: "123456", remember_device: true },
  });
});

test("a recovery code serves in its place", async () => {
  shown(SignInPage, "/sign-in");
  await passwordGiven();
  await click("Use a recovery code");
  await type("Recovery code", " good ");
  await click("Sign in");
  expect(await screen.findByText("elsewhere")).toBeTruthy();
});

test("another site's sign-in goes on with its second step, and leaves no trace of it", async () => {
  at("/sign-in#challenge=c2&methods=otp");
  shown(SignInPage, "/sign-in");
  await type("Code", "123456");
  await click("Sign in");
  await screen.findByText("elsewhere");
  expect(server.asked("POST /auth/login/second-factor")[0]).toMatchObject({ challenge: "c2" });
  expect(location.hash).toBe("");
});

test("another site's refusal is said", async () => {
  at("/sign-in#sso_error=rate_limited");
  shown(SignInPage, "/sign-in");
  expect(await screen.findByText("You could not be signed in")).toBeTruthy();
  expect(await screen.findByRole("button", { name: "Continue with Acme" })).toBeTruthy();
});

test("a link to a new password is asked for with the same answer for everybody", async () => {
  server.on("POST /auth/password/reset", () => json({ status: "accepted" }, 202));
  shown(ForgotPasswordPage, "/forgot-password");
  await type("E-mail", "a@example.com");
  await click("Send the link");
  expect(await screen.findByText(/If a@example.com has an account/)).toBeTruthy();
});

test("a new password is set by the token of the fragment", async () => {
  server.on("POST /auth/password/confirm", () => json(null, 204));
  at("/reset-password#token=t1");
  shown(ResetPasswordPage, "/reset-password");
  await type("New password", "a longer passphrase");
  await click("Set the password");
  expect(await screen.findByText(/Every session has ended/)).toBeTruthy();
  expect(server.asked("POST /auth/password/confirm")).toEqual([
    { token: "t1", password: "a longer passphrase" },
  ]);
  expect(location.href).not.toContain("t1");
});

test("a link that is used up leads to a new one", async () => {
  server.on("POST /auth/password/confirm", () => refusal(400, "link_invalid"));
  at("/reset-password#token=t2");
  shown(ResetPasswordPage, "/reset-password");
  await type("New password", "a longer passphrase");
  await click("Set the password");
  expect(await screen.findByRole("link", { name: "Ask for a new link" })).toBeTruthy();
});

test("an address is confirmed by opening the link, once", async () => {
  server.on("POST /auth/email/verify", () => json(null, 204));
  at("/verify-email#token=t3");
  shown(VerifyEmailPage, "/verify-email");
  expect(await screen.findByText("Your address is confirmed.")).toBeTruthy();
  expect(server.asked("POST /auth/email/verify")).toEqual([{ token: "t3" }]);
});

test("a link without its token is not valid", async () => {
  at("/verify-email");
  shown(VerifyEmailPage, "/verify-email");
  expect(await screen.findByRole("alert")).toBeTruthy();
  await waitFor(() => expect(server.requests).toEqual([]));
});

test("a change of address says when the other address is still to confirm", async () => {
  server.on("POST /auth/email/confirm", () => json({ state: "waiting_for_other" }));
  at("/confirm-email#token=t4");
  shown(ConfirmEmailPage, "/confirm-email");
  expect(await screen.findByText(/to the other address/)).toBeTruthy();
});
