import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import ar from "@/i18n/ar.json";

const SOURCE = join(import.meta.dirname, "../../src");
const components = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".tsx"))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));

/** An element, and what is written in it first when that is a value. */
const FIRST_IN_ELEMENT = /<([A-Za-z][\w.]*)((?:[^<>]|=>)*)>\s*\{([^{}]+)\}/g;
const ISOLATING = new Set(["UserText", "bdi", "code"]);
/** What people write, as the components call it. */
const WRITTEN_BY_PEOPLE =
  /\b(file\.name|filename|nameOf\(|(?:user|profile|image|worker|queue)\.(?:name|title|email)|tag|device|caption|address)\b/;

function unguarded(text: string): string[] {
  return [...text.matchAll(FIRST_IN_ELEMENT)]
    .filter(([, tag = "", props = ""]) => !ISOLATING.has(tag) && !/\bdir=/.test(props))
    .map(([, , , value = ""]) => value)
    .filter((value) => WRITTEN_BY_PEOPLE.test(value) && !/\bt\(|\.map\(|&&/.test(value));
}

test("what people have written keeps its direction to itself", () => {
  expect(unguarded("<p>{image.filename}</p> <UserText>{image.title}</UserText>")).toEqual([
    "image.filename",
  ]);
  const found = components.flatMap(({ name, text }) =>
    unguarded(text).map((value) => `${name}: ${value}`),
  );
  expect(found).toEqual([]);
});

test("Arabic sentences isolate the names that they hold", () => {
  const sentences = Object.values(ar).flatMap((group) =>
    typeof group === "string" ? [group] : Object.values(group),
  );
  const holding = sentences.filter((text) => /\{(name|email|device|tag|title)\}/.test(text));
  expect(holding.length).toBeGreaterThan(10);
  const bare =
    /(?<!\u2068)\{(name|email|device|tag|title)\}|\{(name|email|device|tag|title)\}(?!\u2069)/;
  expect(holding.filter((text) => bare.test(text))).toEqual([]);
});
