import { expect, test } from "vitest";
import { newKey } from "@/features/account/keyForm";

const NOW = new Date("2026-01-01T00:00:00Z");

test("a key without end and addresses says neither", () => {
  const fields = {
    name: " a ",
    scopes: ["jobs", "images:read"],
    life: "",
    addresses: " ",
  } as const;
  expect(newKey(fields, NOW)).toEqual({ name: "a", scopes: ["images:read", "jobs"] });
});

test("addresses are separated by white space or commas, Arabic ones too", () => {
  const fields = {
    name: "a",
    scopes: [],
    life: "30",
    addresses: "10.0.0.1، ::1\n10.0.0.0/8",
  } as const;
  expect(newKey(fields, NOW)).toMatchObject({
    expires_at: "2026-01-31T00:00:00.000Z",
    addresses: ["10.0.0.1", "::1", "10.0.0.0/8"],
  });
});
