import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { themeCss } from "../../scripts/theme-variables.ts";

const SOURCE = join(import.meta.dirname, "../../src");
const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(tsx?|css)$/.test(name) && !name.endsWith("schema.ts"))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));

const offenders = (pattern: RegExp) =>
  files.filter(({ text }) => pattern.test(text)).map(({ name }) => name);

test("no component is used that injects a style element, which the policy forbids", () => {
  const library = offenders(
    /\b(AppShell|SimpleGrid|Grid|Flex|ColorSchemeScript|ScrollArea)\b[^;]*from "@mantine\/core"/,
  );
  expect(library).toEqual([]);
  expect(offenders(/\b(hiddenFrom|visibleFrom)=/)).toEqual([]);
  expect(offenders(/\b[mp][trblxyse]?=\{\{/)).toEqual([]);
  expect(offenders(/dangerouslySetInnerHTML|<style\b|\beval\(/)).toEqual([]);
});

test("nothing is asked of another host", () => {
  expect(offenders(/(src|href|url)\s*[=(:]\s*["'`]https?:\/\//)).toEqual([]);
  expect(offenders(/@import\s+(url\()?["']https?:/)).toEqual([]);
});

test("no token is kept in storage", () => {
  const storing = files.filter(({ text }) => /(local|session)Storage\.setItem/.test(text));
  expect(storing.map(({ name }) => name.replaceAll("\\", "/")).sort()).toEqual([
    "api/session/sessionChannel.ts",
    "code/release.ts",
    "features/library/places.ts",
    "i18n/locale.ts",
  ]);
});

test("the static theme has the variables of both colour schemes", () => {
  const css = themeCss();
  expect(css).toContain("--mantine-primary-color-filled");
  for (const scheme of ["dark", "light"]) {
    expect(css).toContain(`:root[data-mantine-color-scheme="${scheme}"]`);
    expect(css).toContain(`--mantine-color-scheme: ${scheme};`);
  }
});
