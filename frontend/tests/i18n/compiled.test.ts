import format, { type CompiledMessage } from "icu-minify/format";
import { IntlMessageFormat } from "intl-messageformat";
import { expect, test } from "vitest";
import ar from "@/i18n/ar.json";
import en from "@/i18n/en.json";
import { compileMessages } from "../../scripts/compile-messages.ts";

const formatters = {
  getDateTimeFormat: (...args: ConstructorParameters<typeof Intl.DateTimeFormat>) =>
    new Intl.DateTimeFormat(...args),
  getNumberFormat: (...args: ConstructorParameters<typeof Intl.NumberFormat>) =>
    new Intl.NumberFormat(...args),
  getPluralRules: (...args: ConstructorParameters<typeof Intl.PluralRules>) =>
    new Intl.PluralRules(...args),
};

function pairs(messages: object, compiled: object): [string, CompiledMessage][] {
  return Object.entries(messages).flatMap(([key, value]) => {
    const other = (compiled as Record<string, unknown>)[key];
    return typeof value === "string"
      ? [[value, other as CompiledMessage]]
      : pairs(value, other as object);
  });
}

/** Every value that a message names, as this number. */
const valuesOf = (message: string, number: number) =>
  Object.fromEntries([...message.matchAll(/\{(\w+)/g)].map(([, name]) => [name, number]));

test.each([
  ["en-GB", en],
  ["ar-u-ca-gregory-nu-latn", ar],
])("a message of the build says what its source says, in %s", (locale, messages) => {
  const all = pairs(messages, compileMessages(messages));
  expect(all.length).toBeGreaterThan(300);
  for (const [message, compiled] of all) {
    for (const number of [0, 1, 2, 5, 11, 100]) {
      const values = valuesOf(message, number);
      const said = new IntlMessageFormat(message, locale).format(values);
      expect(format(compiled, locale, values, { formatters })).toBe(said);
    }
  }
});
