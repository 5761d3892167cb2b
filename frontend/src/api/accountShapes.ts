/** The shapes of the account's own routes under the names that the pages use. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type AccountProfile = Schemas["AccountProfile"];
export type ApiKey = Schemas["ApiKey"];
export type AuditEntry = Schemas["AuditEntry"];
export type Export = Schemas["Export"];
export type ExportState = Export["state"];
export type Factors = Schemas["Factors"];
export type Identity = Schemas["Identity"];
export type MadeApiKey = Schemas["NewApiKey"];
export type OtpSetup = Schemas["OtpSetup"];
export type Passkey = Schemas["Passkey"];
export type PasskeyAdded = Schemas["PasskeyAdded"];
export type RecoveryCodes = Schemas["RecoveryCodes"];
export type RememberedDevice = Schemas["RememberedDevice"];
export type SignInOptions = Schemas["SignInOptions"];

/** What a browser is asked to do with a passkey, as JSON, and what the server recognises it by. */
export type PasskeyCeremony = Schemas["PasskeyOptions"];

/** A new key as the form makes it; what is left out has the API's default. */
export type NewApiKey = Pick<Schemas["ApiKeyRequest"], "name" | "scopes"> &
  Partial<Schemas["ApiKeyRequest"]>;

export type Language = "en" | "ar";

/** What begins a session. */
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

/** What the browser answered to `options`, as JSON. */
export interface PasskeyAnswer {
  state: string;
  credential: unknown;
}

export type SecondStepProof = { code: string } | { recovery_code: string } | PasskeyAnswer;
export type FreshProof = { password: string } | { code: string } | PasskeyAnswer;

export interface Page<T> {
  results: T[];
  next: string | null;
}
