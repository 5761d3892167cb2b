import { IntlMessageFormat } from "intl-messageformat";
import { expect, test } from "vitest";
import ar from "@/i18n/ar.json";
import en from "@/i18n/en.json";

type Tree = { [key: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (typeof value === "string") found.set(path, value);
    else for (const [inner, text] of flat(value, path)) found.set(inner, text);
  }
  return found;
}

/** Names of the values that a message takes, sorted. */
function argumentsOf(message: string): string[] {
  const names = new Set<string>();
  const visit = (nodes: unknown): void => {
    if (!Array.isArray(nodes)) return;
    for (const node of nodes as { type: number; value: string; options?: object }[]) {
      if (node.type !== 0 && node.type !== 7) names.add(node.value);
      for (const option of Object.values(node.options ?? {})) visit(option.value);
    }
  };
  visit(new IntlMessageFormat(message, "en").getAst());
  return [...names].sort();
}

const english = flat(en);
const arabic = flat(ar);

test("English and Arabic have the same messages", () => {
  expect([...arabic.keys()].sort()).toEqual([...english.keys()].sort());
});

test("no message is empty in either language", () => {
  const empty = [...english, ...arabic].filter(([, text]) => text.trim() === "");
  expect(empty).toEqual([]);
});

test("a message takes the same values in both languages", () => {
  for (const [key, text] of english) {
    expect([key, argumentsOf(arabic.get(key) ?? "")]).toEqual([key, argumentsOf(text)]);
  }
});

test("Arabic plurals have all six forms", () => {
  const plurals = [...arabic].filter(([, text]) => text.includes(", plural,"));
  expect(plurals.length).toBeGreaterThan(5);
  for (const [key, text] of plurals) {
    const forms = ["zero", "one", "two", "few", "many", "other"];
    const missing = forms.filter((form) => !new RegExp(`\\b${form} \\{`).test(text));
    expect([key, missing]).toEqual([key, []]);
  }
});
