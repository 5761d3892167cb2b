import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "@/i18n/en.json";

const ROOT = join(import.meta.dirname, "../../..");
const PYTHON = ["accounts", "gateway", "images", "platform_site/kit"];

/** Between roles only: no page ever asks for what is refused with these. */
const INTERNAL = new Set([
  "invalid_client",
  "unsupported_grant_type",
  "invalid_target",
  "caller_not_allowed",
]);

/** How the sources write a code: a class has it, a refusal is made with it, a job fails with it. */
const WRITTEN = [
  /^ +code(?:: [\w[\]]+)? = "(\w+)"$/gm,
  /\brefusal\(\s*\d+, "(\w+)"/g,
  /^ +\w+(?:\.\w+)*: \("([a-z_]+)", "[A-Z]/gm,
  /^(?:ORIGINAL_MISSING|IMAGE_GONE|TIMED_OUT|CRASHED): Final = "(\w+)"$/gm,
  /"code":"([a-z_]+)"/g,
];

function sources(directory: string, ending: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(ROOT, directory, name), "utf8"));
}

const texts = [
  ...PYTHON.flatMap((directory) => sources(directory, ".py")),
  ...sources("frontend/nginx", ".template"),
];
const codesWritten = WRITTEN.map(
  (pattern) =>
    new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map(([, code]) => code))),
);

test("every way to write a code is still in use", () => {
  expect(codesWritten.map((codes) => codes.size > 2)).toEqual(WRITTEN.map(() => true));
});

test("every code that the platform refuses with has words", () => {
  const words = new Set(Object.keys(en.problems));
  const codes = new Set(codesWritten.flatMap((found) => [...found]));
  const missing = [...codes].filter((code) => code && !words.has(code) && !INTERNAL.has(code));
  expect(missing).toEqual([]);
});
