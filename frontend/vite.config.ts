/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compiledMessages, lateMessages } from "./scripts/compile-messages.ts";
import { precompress } from "./scripts/precompress.ts";
import { themeVariables } from "./scripts/theme-variables.ts";

/** Where `npm run dev` finds the backend: the embedded process, unless told otherwise. */
const backend = process.env["BACKEND_URL"] ?? "http://127.0.0.1:8000";

/**
 * What is not of the pages goes to the backend with the Host that the browser named: before it takes
 * the session cookie Django compares Host with the page's Origin, and the URLs in its answers (of
 * pictures, of next pages) begin with it. So the pages work here as they do behind nginx.
 */
const proxy = Object.fromEntries(
  ["/api/", "/auth/", "/i/", "/.well-known/", "/admin/", "/static/"].map((prefix) => [
    prefix,
    { target: backend, changeOrigin: false },
  ]),
);

/** Messages are compiled by the build, so that it needs no parser of them. */
const formatterAlone = {
  find: /^use-intl\/format-message$/,
  replacement: "use-intl/format-message/format-only",
};

export default defineConfig(({ command }) => ({
  base: "/",
  plugins: [react(), themeVariables(), lateMessages(), compiledMessages(), precompress()],
  resolve: {
    alias: [
      { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) },
      ...(command === "build" ? [formatterAlone] : []),
    ],
  },
  // Another port than the one that was printed would be another origin, with a session of its own.
  server: { host: "127.0.0.1", port: 5173, strictPort: true, proxy },
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
