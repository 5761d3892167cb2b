// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import {
  autofillSupported,
  creationOptions,
  credentialJson,
  fromBase64Url,
  passkeyMade,
  passkeyUsed,
  requestOptions,
  toBase64Url,
} from "@/api/passkeys";

afterEach(() => vi.unstubAllGlobals());

const CHALLENGE = toBase64Url(new Uint8Array([251, 255, 1]).buffer);

test("bytes go to base64url and back", () => {
  expect(CHALLENGE).toBe("-_8B");
  expect([...fromBase64Url(CHALLENGE)]).toEqual([251, 255, 1]);
});

test("a browser that does not know the JSON gets bytes", () => {
  vi.stubGlobal("PublicKeyCredential", {});
  const request = requestOptions({
    publicKey: { challenge: CHALLENGE, allowCredentials: [{ type: "public-key", id: "AQI" }] },
  });
  expect([...(request.challenge as Uint8Array)]).toEqual([251, 255, 1]);
  expect(request.allowCredentials?.map(({ id }) => toBase64Url(id as ArrayBuffer))).toEqual([
    "AQI",
  ]);
  const creation = creationOptions({
    ...{ challenge: CHALLENGE, user: { id: "AQ", name: "a" }, excludeCredentials: [] },
  });
  expect([...(creation.user.id as Uint8Array)]).toEqual([1]);
});

test("a browser that knows the JSON is given what is within publicKey", () => {
  const parse = vi.fn((json: unknown) => json);
  vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON: parse });
  requestOptions({ publicKey: { challenge: "c" } });
  expect(parse).toHaveBeenCalledWith({ challenge: "c" });
});

test("an answer is written by hand where the browser does not do it", () => {
  const bytes = new Uint8Array([1, 2]).buffer;
  const credential = {
    ...{ id: "AQI", rawId: bytes, type: "public-key", authenticatorAttachment: "platform" },
    getClientExtensionResults: () => ({}),
    response: { clientDataJSON: bytes, signature: bytes, userHandle: null },
  } as unknown as PublicKeyCredential;
  expect(credentialJson(credential)).toMatchObject({
    ...{ id: "AQI", rawId: "AQI" },
    response: { clientDataJSON: "AQI", signature: "AQI" },
  });
});

test.each([
  ["NotAllowedError", "passkey_canceled"],
  ["InvalidStateError", "passkey_known"],
  ["SecurityError", "passkey_failed"],
])("a refusal of the browser has words: %s", async (name, code) => {
  vi.stubGlobal("PublicKeyCredential", { parseCreationOptionsFromJSON: (json: unknown) => json });
  const create = () => Promise.reject(new DOMException("", name));
  vi.stubGlobal("navigator", { credentials: { create } });
  await expect(passkeyMade({ challenge: "c" })).rejects.toMatchObject({ status: 0, code });
});

test("without passkeys nothing is asked of the browser", async () => {
  vi.stubGlobal("PublicKeyCredential", undefined);
  Reflect.deleteProperty(globalThis, "PublicKeyCredential");
  expect(await autofillSupported()).toBe(false);
  await expect(passkeyUsed({})).rejects.toMatchObject({ code: "passkey_unsupported" });
});
