/** The shapes of the account's own routes: sign-in steps, factors, keys, audit, export. */
import type { Profile } from "./shapes";

export type Language = "en" | "ar";

/** `GET /auth/profile`; the overview's `user` is the same. */
export type AccountProfile = Profile & {
  second_factor?: boolean;
  /** The policy of the platform asks this person for a second factor, and there is none. */
  must_add_factor?: boolean;
};

export interface Provider {
  id: string;
  name: string;
}

export interface SignInOptions {
  registration_open: boolean;
  passkeys: boolean;
  providers: Provider[];
  password_reset: boolean;
}

export interface Tokens {
  access: string;
  /** Seconds. */
  expires_in: number;
}

export type StepMethod = "otp" | "passkey" | "recovery";

/** Asked for after a correct password: opaque, single-use, good for five minutes. */
export interface Challenge {
  challenge: string;
  methods: readonly StepMethod[];
}

/** What a browser is asked to do with a passkey, as JSON, and what the server recognises it by. */
export interface PasskeyCeremony {
  options: unknown;
  state: string;
}

/** What the browser answered to `options`, as JSON. */
export interface PasskeyAnswer {
  state: string;
  credential: unknown;
}

export type SecondStepProof = { code: string } | { recovery_code: string } | PasskeyAnswer;
export type FreshProof = { password: string } | { code: string } | PasskeyAnswer;

export interface Passkey {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
  /** Kept by the provider of the passkey on several devices. */
  backed_up: boolean;
  /** It can never leave the device that made it. */
  device_bound: boolean;
}

export interface RememberedDevice {
  id: string;
  /** The user agent's own words. */
  device: string;
  created_at: string;
  expires_at: string;
}

export interface Factors {
  otp: { confirmed_at: string } | null;
  recovery_codes_left: number;
  passkeys: Passkey[];
  remembered_devices: RememberedDevice[];
}

export interface OtpSetup {
  secret: string;
  uri: string;
  /** SVG text; shown as an image, never as markup of the page. */
  qr_svg: string;
}

export interface RecoveryCodes {
  recovery_codes: string[];
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  addresses: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  last_used_address: string | null;
}

export interface NewApiKey {
  name: string;
  scopes: string[];
  expires_at?: string;
  addresses?: string[];
}

export interface Identity {
  id: string;
  provider: string;
  provider_name: string;
  email: string;
  created_at: string;
  last_used_at: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  act: string;
  outcome: string;
  target: string;
  address: string;
  device: string;
  details: Record<string, unknown>;
  /** `unknown` of who tried, and did not show to be you. */
  by: "you" | "staff" | "platform" | "unknown";
}

export interface Page<T> {
  results: T[];
  next: string | null;
  previous: string | null;
}

export type ExportState = "queued" | "running" | "ready" | "failed" | "expired";

export interface Export {
  id: string;
  state: ExportState;
  created_at: string;
  expires_at: string | null;
  bytes: number | null;
  /** Signed: it opens the file without a token, and is never written anywhere. */
  url: string | null;
}
