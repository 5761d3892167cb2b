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
  /\bFailureReason\(\s*"(\w+)"/g,
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

/** What is wrong with a field: said by hand, by the fields of DRF that bodies have, or by Django. */
const FIELD_CODES_WRITTEN = [
  /FieldError\([^,]+, "(\w+)"/g,
  /\b_(?:invalid|refused)\([\w"/[\]{} ]+, "(\w+)"/g,
  /ValidationError\(.*code="(\w+)"/g,
];
const FIELD_CODES_OF_LIBRARIES = [
  ...["required", "null", "blank", "empty", "invalid", "invalid_choice", "not_a_list"],
  ...["max_length", "min_length", "max_value", "min_value", "max_string_length"],
  ...["null_characters_not_allowed", "surrogate_characters_not_allowed"],
  ...["password_too_short", "password_too_common", "password_too_similar"],
];

test("every code of a field has words that fit under the field", () => {
  const words = new Set(Object.keys({ ...en.problems, ...en.fieldProblems }));
  const written = FIELD_CODES_WRITTEN.flatMap((pattern) =>
    texts.flatMap((text) => [...text.matchAll(pattern)].flatMap(([, code]) => code ?? [])),
  );
  expect(new Set(written).size).toBeGreaterThan(5);
  const missing = [...written, ...FIELD_CODES_OF_LIBRARIES].filter((code) => !words.has(code));
  expect(missing).toEqual([]);
});
