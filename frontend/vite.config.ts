/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compiledMessages } from "./scripts/compile-messages.ts";
import { precompress } from "./scripts/precompress.ts";
import { themeVariables } from "./scripts/theme-variables.ts";

/** Where `npm run dev` finds the backend: the embedded process, unless told otherwise. */
const backend = process.env["BACKEND_URL"] ?? "http://127.0.0.1:8000";
const proxy = Object.fromEntries(
  ["/api", "/auth", "/i/"].map((prefix) => [prefix, { target: backend, changeOrigin: false }]),
);

/** Messages are compiled by the build, so that it needs no parser of them. */
const formatterAlone = {
  find: /^use-intl\/format-message$/,
  replacement: "use-intl/format-message/format-only",
};

export default defineConfig(({ command }) => ({
  base: "/",
  plugins: [react(), themeVariables(), compiledMessages(), precompress()],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      ...(command === "build" ? [formatterAlone] : []),
    ],
  },
  server: { port: 5173, proxy },
  preview: { port: 4173, proxy },
  build: {
    outDir: "dist",
    assetsDir: "assets",
    // Fonts and icons stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    manifest: true,
    sourcemap: false,
    target: "es2022",
  },
  // Tests that need a document say so in their first line; the rest start without one.
  test: { environment: "node", include: ["tests/**/*.test.{ts,tsx}"] },
}));
