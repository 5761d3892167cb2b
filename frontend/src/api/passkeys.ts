/** Passkeys by the browser's own WebAuthn. What servers send and get is JSON with base64url. */
import { ApiProblem } from "./problem";

type Json = Record<string, unknown>;

export function passkeysSupported(): boolean {
  return "PublicKeyCredential" in globalThis && "credentials" in navigator;
}

/** Whether the field of the e-mail address can offer passkeys as it offers passwords. */
export async function autofillSupported(): Promise<boolean> {
  if (!passkeysSupported()) return false;
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** What the browser refused with, as a problem that has words; an abort stays an abort. */
function passkeyProblem(error: unknown): unknown {
  if (!(error instanceof DOMException)) return error;
  if (error.name === "AbortError") return error;
  const codes: Record<string, string> = {
    NotAllowedError: "passkey_canceled",
    InvalidStateError: "passkey_known",
  };
  const code = codes[error.name] ?? "passkey_failed";
  return new ApiProblem({ status: 0, code, title: error.message, detail: error.message });
}

/** Makes a passkey on a device of the person's choice. */
export async function passkeyMade(options: unknown): Promise<unknown> {
  return asked(() => navigator.credentials.create({ publicKey: creationOptions(options) }));
}

interface Asking {
  /** Offer it in the field, and wait there, instead of opening a dialog. */
  inField?: boolean;
  signal?: AbortSignal;
}

/** Signs what the server asks for with a passkey. */
export async function passkeyUsed(options: unknown, asking: Asking = {}): Promise<unknown> {
  const { inField = false, signal } = asking;
  return asked(() =>
    navigator.credentials.get({
      publicKey: requestOptions(options),
      ...(inField && { mediation: "conditional" as const }),
      ...(signal && { signal }),
    }),
  );
}

async function asked(call: () => Promise<Credential | null>): Promise<unknown> {
  if (!passkeysSupported()) {
    throw new ApiProblem({ status: 0, code: "passkey_unsupported", title: "No passkeys here" });
  }
  try {
    const credential = await call();
    if (!credential) throw new DOMException("No credential", "NotAllowedError");
    return credentialJson(credential as PublicKeyCredential);
  } catch (error) {
    throw passkeyProblem(error);
  }
}

/** Libraries wrap the options in `publicKey`, as the call itself takes them; some do not. */
function unwrapped(options: unknown): Json {
  const outer = options as Json;
  return (outer["publicKey"] ?? outer) as Json;
}

export function requestOptions(options: unknown): PublicKeyCredentialRequestOptions {
  const json = unwrapped(options);
  const parse = PublicKeyCredential.parseRequestOptionsFromJSON;
  if (parse) {
    return parse.call(
      PublicKeyCredential,
      json as unknown as PublicKeyCredentialRequestOptionsJSON,
    );
  }
  return withBytes(json) as unknown as PublicKeyCredentialRequestOptions;
}

export function creationOptions(options: unknown): PublicKeyCredentialCreationOptions {
  const json = unwrapped(options);
  const parse = PublicKeyCredential.parseCreationOptionsFromJSON;
  if (parse) {
    return parse.call(
      PublicKeyCredential,
      json as unknown as PublicKeyCredentialCreationOptionsJSON,
    );
  }
  const user = json["user"] as Json;
  const bytes = withBytes(json);
  return {
    ...bytes,
    user: { ...user, id: fromBase64Url(String(user["id"])) },
  } as unknown as PublicKeyCredentialCreationOptions;
}

/** For browsers that know passkeys, and not yet their JSON. */
function withBytes(json: Json): Json {
  const listed = (name: string): Json => {
    const entries = json[name] as Json[] | undefined;
    if (!entries) return {};
    return {
      [name]: entries.map((entry) => ({ ...entry, id: fromBase64Url(String(entry["id"])) })),
    };
  };
  return {
    ...json,
    challenge: fromBase64Url(String(json["challenge"])),
    ...listed("allowCredentials"),
    ...listed("excludeCredentials"),
  };
}

export function credentialJson(credential: PublicKeyCredential): unknown {
  if (typeof credential.toJSON === "function") return credential.toJSON();
  const { response } = credential;
  const binary: Json = {};
  for (const name of [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ]) {
    const value = (response as unknown as Json)[name];
    if (value instanceof ArrayBuffer) binary[name] = toBase64Url(value);
  }
  return {
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: binary,
  };
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (sign) => sign.charCodeAt(0));
}

export function toBase64Url(bytes: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
