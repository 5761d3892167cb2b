import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { constantsOf } from "../../scripts/constants.mjs";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
type Document = { components: { schemas: Record<string, object> } };
const document = (): Document => JSON.parse(read("openapi.json"));

test("the constants are those of the API's document", () => {
  expect(read("src/api/constants.gen.ts")).toBe(constantsOf(document()));
});

test("another bound in the document is another constant", () => {
  const text = JSON.stringify(document()).replaceAll('"maximum":8192', '"maximum":4096');
  expect(constantsOf(JSON.parse(text))).toContain("LONGEST_SIDE = 4096 as const");
});

test("a fact that the document no longer states is an error that names its place", () => {
  const { components, ...others } = document();
  const { FitEnum, ...schemas } = components.schemas;
  expect(FitEnum).toBeDefined();
  expect(() => constantsOf({ ...others, components: { schemas } })).toThrow("FitEnum/enum");
});
