/** What the form for a new key says, as the API takes it. */
import type { NewApiKey } from "@/api/accountShapes";

export const SCOPES = ["images:read", "images:write", "jobs", "account"] as const;
export type Scope = (typeof SCOPES)[number];

/** Days until the key ends; "" is never. */
export const LIVES = ["30", "90", "365", ""] as const;
export type Life = (typeof LIVES)[number];

export interface KeyFields {
  name: string;
  scopes: readonly Scope[];
  life: Life;
  /** Addresses and ranges, separated by white space or commas. */
  addresses: string;
}

const DAY_MS = 86_400_000;

export function newKey({ name, scopes, life, addresses }: KeyFields, now: Date): NewApiKey {
  const ranges = addresses.split(/[\s,،]+/).filter((range) => range !== "");
  return {
    name: name.trim(),
    scopes: SCOPES.filter((scope) => scopes.includes(scope)),
    ...(life && { expires_at: new Date(now.getTime() + Number(life) * DAY_MS).toISOString() }),
    ...(ranges.length > 0 && { addresses: ranges }),
  };
}
