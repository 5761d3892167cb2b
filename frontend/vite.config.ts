/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { precompress } from "./scripts/precompress.ts";
import { themeVariables } from "./scripts/theme-variables.ts";

/** Where `npm run dev` finds the backend: the embedded process, unless told otherwise. */
const backend = process.env["BACKEND_URL"] ?? "http://127.0.0.1:8000";
const proxy = Object.fromEntries(
  ["/api", "/auth", "/i/"].map((prefix) => [prefix, { target: backend, changeOrigin: false }]),
);

export default defineConfig({
  base: "/",
  plugins: [react(), themeVariables(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
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
});
