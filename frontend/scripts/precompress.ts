/**
 * Writes a `.gz` beside every text file of the build. WhiteNoise and nginx (`gzip_static`) send it
 * as it is, so that nothing is compressed while somebody waits.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(js|css|svg|html|json|webmanifest)$/;
/** Below this a compressed file saves no packet. */
const SMALLEST_BYTES = 1000;

export function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    writeBundle({ dir }) {
      if (!dir) return;
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
        if (!TEXT.test(name) || name.startsWith(".vite")) continue;
        const content = readFileSync(join(dir, name));
        if (content.length < SMALLEST_BYTES) continue;
        writeFileSync(join(dir, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}
