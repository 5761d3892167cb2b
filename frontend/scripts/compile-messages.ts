/**
 * Parses the messages at build time, so that no parser of ICU messages travels with the pages: the
 * build takes `use-intl` with the formatter alone (`vite.config.ts`). Tests and `npm run dev` parse.
 */
import compile from "icu-minify/compile";
import type { Plugin } from "vite";

const CATALOGUE = /\/src\/i18n\/[a-z]+\.json$/;
const LATE_CATALOGUE = /\/src\/i18n\/[a-z]+\.json\?.*\blate\b/;

/** Words of pages behind the first: they come in a file of their own, as `en.json?late`. */
export const LATE: readonly string[] = ["account", "security"];

type Messages = { [key: string]: string | Messages };
type Compiled = { [key: string]: unknown };

export function compileMessages(messages: Messages): Compiled {
  return Object.fromEntries(
    Object.entries(messages).map(([key, value]) => [
      key,
      typeof value === "string" ? compile(value) : compileMessages(value),
    ]),
  );
}

/** One of the two files that a language is loaded as. */
export function messagesFor(messages: Messages, isLate: boolean): Messages {
  return Object.fromEntries(
    Object.entries(messages).filter(([name]) => LATE.includes(name) === isLate),
  );
}

/** `en.json?late`, everywhere: with a query behind its name a file is no JSON to the bundler. */
export function lateMessages(): Plugin {
  let isBuild = false;
  return {
    name: "late-messages",
    enforce: "pre",
    configResolved({ command }) {
      isBuild = command === "build";
    },
    transform(code, id) {
      if (!LATE_CATALOGUE.test(id)) return null;
      const messages = messagesFor(JSON.parse(code), true);
      const text = JSON.stringify(isBuild ? compileMessages(messages) : messages);
      return { code: `export default ${text};`, moduleType: "js", map: null };
    },
  };
}

export function compiledMessages(): Plugin {
  return {
    name: "compiled-messages",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!CATALOGUE.test(id)) return null;
      const messages = messagesFor(JSON.parse(code), false);
      return { code: JSON.stringify(compileMessages(messages)), map: null };
    },
  };
}
