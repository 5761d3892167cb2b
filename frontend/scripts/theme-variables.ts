/**
 * Writes Mantine's CSS variables into a static style sheet at build time.
 *
 * Mantine would otherwise inject them in a `<style>` element at run time, which a
 * `style-src 'self'` policy forbids.
 */
import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
} from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/design/theme.ts";

const PUBLIC_ID = "virtual:theme-variables.css";
const RESOLVED_ID = "\0virtual:theme-variables.css";

/** Palettes of the library that no page uses. */
const UNUSED =
  /--mantine-color-(pink|grape|violet|indigo|blue|cyan|green|lime|yellow|orange)-[^;]*;/g;

export function themeCss(): string {
  const variables = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  return convertCssVariables(variables).replace(UNUSED, "");
}

export function themeVariables(): Plugin {
  return {
    name: "theme-variables",
    resolveId: (id) => (id === PUBLIC_ID ? RESOLVED_ID : undefined),
    load: (id) => (id === RESOLVED_ID ? themeCss() : undefined),
  };
}
