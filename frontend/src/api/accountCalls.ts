/** The calls of the account's own routes. Each throws `ApiProblem` when it is refused. */
import type {
  AccountProfile,
  ApiKey,
  AuditEntry,
  Export,
  Factors,
  FreshProof,
  Identity,
  Language,
  MadeApiKey,
  NewApiKey,
  OtpSetup,
  Page,
  Passkey,
  PasskeyAdded,
  PasskeyAnswer,
  PasskeyCeremony,
  RecoveryCodes,
  SecondStepProof,
  SignInOptions,
  Tokens,
} from "./accountShapes";
import { problemFromResponse } from "./problem";
import { authorizedFetch } from "./transport";

type Method = "GET" | "POST" | "PATCH" | "DELETE";

async function send<T>(method: Method, path: string, body?: object): Promise<T> {
  const request = new Request(new URL(path, globalThis.location.origin), {
    method,
    ...(body && {
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    }),
  });
  const response = await authorizedFetch(request);
  if (!response.ok) throw await problemFromResponse(response);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export const signInCalls = {
  options: () => send<SignInOptions>("GET", "/auth/sign-in-options"),
  passkeyOptions: () => send<PasskeyCeremony>("POST", "/auth/login/passkey/options"),
  passkey: (answer: PasskeyAnswer) => send<Tokens>("POST", "/auth/login/passkey", answer),
  secondFactorOptions: (challenge: string) =>
    send<PasskeyCeremony>("POST", "/auth/login/second-factor/options", { challenge }),
  secondFactor: (challenge: string, proof: SecondStepProof, remember_device: boolean) =>
    send<Tokens>("POST", "/auth/login/second-factor", { challenge, ...proof, remember_device }),
  ssoBegin: (provider: string, return_path: string) =>
    send<{ url: string }>("POST", `/auth/sso/${encodeURIComponent(provider)}/begin`, {
      return_path,
    }),
  resetAsk: (email: string) => send<void>("POST", "/auth/password/reset", { email }),
  resetConfirm: (token: string, password: string) =>
    send<void>("POST", "/auth/password/confirm", { token, password }),
  emailVerify: (token: string) => send<void>("POST", "/auth/email/verify", { token }),
  emailConfirm: (token: string) =>
    send<{ state: "waiting_for_other" | "changed" }>("POST", "/auth/email/confirm", { token }),
};

export const profileCalls = {
  update: (changes: { name?: string; language?: Language }) =>
    send<AccountProfile>("PATCH", "/auth/profile", changes),
  verificationSend: () => send<void>("POST", "/auth/email/verification"),
  emailChange: (email: string) => send<void>("POST", "/auth/email", { email }),
  passwordSet: (fresh: string) => send<void>("POST", "/auth/password", { new: fresh }),
  reauthenticateOptions: () => send<PasskeyCeremony>("POST", "/auth/reauthenticate/options"),
  reauthenticate: (proof: FreshProof) => send<void>("POST", "/auth/reauthenticate", proof),
};

export const factorCalls = {
  all: () => send<Factors>("GET", "/auth/factors"),
  otpBegin: () => send<OtpSetup>("POST", "/auth/factors/otp"),
  otpConfirm: (code: string) => send<RecoveryCodes>("POST", "/auth/factors/otp/confirm", { code }),
  otpRemove: () => send<void>("DELETE", "/auth/factors/otp"),
  recoveryCodes: () => send<RecoveryCodes>("POST", "/auth/factors/recovery-codes"),
  passkeyOptions: () => send<PasskeyCeremony>("POST", "/auth/passkeys/options"),
  passkeyAdd: (answer: PasskeyAnswer, name: string) =>
    send<PasskeyAdded>("POST", "/auth/passkeys", { ...answer, name }),
  passkeyRename: (id: string, name: string) =>
    send<Passkey>("PATCH", `/auth/passkeys/${id}`, { name }),
  passkeyRemove: (id: string) => send<void>("DELETE", `/auth/passkeys/${id}`),
  deviceForget: (id: string) => send<void>("DELETE", `/auth/remembered-devices/${id}`),
};

export const identityCalls = {
  all: () => send<Identity[]>("GET", "/auth/identities"),
  link: (provider: string) =>
    send<{ url: string }>("POST", `/auth/identities/${encodeURIComponent(provider)}`, {
      return_path: "/account/security",
    }),
  unlink: (id: string) => send<void>("DELETE", `/auth/identities/${id}`),
};

export const keyCalls = {
  all: () => send<Page<ApiKey>>("GET", "/auth/api-keys"),
  make: (key: NewApiKey) => send<MadeApiKey>("POST", "/auth/api-keys", key),
  revoke: (id: string) => send<void>("DELETE", `/auth/api-keys/${id}`),
};

export const auditCalls = {
  page: (act: string, cursor: string | null) => {
    const query = new URLSearchParams({ limit: "50" });
    if (act) query.set("act", act);
    if (cursor) query.set("cursor", cursor);
    return send<Page<AuditEntry>>("GET", `/auth/audit?${query}`);
  },
};

export const exportCalls = {
  all: () => send<Pick<Page<Export>, "results">>("GET", "/api/v1/exports"),
  ask: () => send<Export>("POST", "/api/v1/exports"),
};

/** Closes the account: it is deleted some days later. */
export const accountClose = (password?: string) =>
  send<{ deletes_at: string }>("DELETE", "/api/v1/account", password ? { password } : {});
