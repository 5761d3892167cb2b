/**
 * Fails when a first visit to a page would load more gzipped JavaScript than it may: the entry, the
 * page's own chunks, the larger of the message files, and all that these import.
 */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

/** Of the pages where somebody signs in, and of those behind. */
const SIGN_IN_LIMIT_BYTES = 170_000;
const LIMIT_BYTES = 245_000;
const SIGN_IN = "src/features/session/";
/** Loaded around every page that is not for signing in. */
const FRAME = "src/app/SessionLayout.tsx";
/** Loaded around the account's own pages, with the messages that only they have. */
const ACCOUNT = "src/features/account/";
const ACCOUNT_LAYOUT = `${ACCOUNT}AccountLayout.tsx`;
const DIST = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", DIST), "utf8"));

const gzipped = new Map();
function gzipBytes(file) {
  if (!gzipped.has(file)) gzipped.set(file, gzipSync(readFileSync(new URL(file, DIST))).length);
  return gzipped.get(file);
}

/** The script files of a chunk and of everything that it imports statically. */
function closure(key, files = new Set()) {
  const chunk = manifest[key];
  if (files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const imported of chunk.imports ?? []) closure(imported, files);
  return files;
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(5);
const total = (files) => [...files].reduce((sum, file) => sum + gzipBytes(file), 0);

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const lazy = manifest[entry].dynamicImports ?? [];
const catalogues = lazy.filter((key) => key.startsWith("src/i18n/"));
const late = catalogues.filter((key) => key.endsWith("?late"));
const messages = catalogues.filter((key) => !late.includes(key));
const pages = lazy.filter((key) => key !== FRAME && !catalogues.includes(key));
const largest = (keys) => keys.sort((a, b) => total(closure(b)) - total(closure(a)))[0];
const largestMessages = largest(messages);
const largestLate = largest(late);

let failed = pages.length === 0 || !largestMessages || !largestLate;
if (!manifest[FRAME] || !manifest[ACCOUNT_LAYOUT]) failed = true;
if (failed) console.error("The manifest lists no pages, messages or frame; has the build changed?");
for (const page of pages) {
  const files = new Set([...closure(entry), ...closure(largestMessages), ...closure(page)]);
  const limit = page.startsWith(SIGN_IN) ? SIGN_IN_LIMIT_BYTES : LIMIT_BYTES;
  if (limit === LIMIT_BYTES) closure(FRAME, files);
  if (page.startsWith(ACCOUNT)) closure(largestLate, closure(ACCOUNT_LAYOUT, files));
  const bytes = total(files);
  const verdict = bytes > limit ? "TOO LARGE" : "ok";
  if (bytes > limit) failed = true;
  console.log(`${kilobytes(bytes)} of ${kilobytes(limit)} kB  ${verdict}  ${page}`);
}
process.exit(failed ? 1 : 0);
