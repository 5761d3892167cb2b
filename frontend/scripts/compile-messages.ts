/**
 * Parses the messages at build time, so that no parser of ICU messages travels with the pages: the
 * build takes `use-intl` with the formatter alone (`vite.config.ts`). Tests and `npm run dev` parse.
 */
import compile from "icu-minify/compile";
import type { Plugin } from "vite";

const CATALOGUE = /\/src\/i18n\/[a-z]+\.json$/;

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

export function compiledMessages(): Plugin {
  return {
    name: "compiled-messages",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!CATALOGUE.test(id)) return null;
      return { code: JSON.stringify(compileMessages(JSON.parse(code))), map: null };
    },
  };
}
