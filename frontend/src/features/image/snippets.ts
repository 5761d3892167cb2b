/** An image written for other places: HTML, Markdown, curl. */
import type { Ops } from "@/api/shapes";
import { type Source, srcSetOf } from "@/model/images/sources";

const HTML_ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => HTML_ESCAPES[sign] ?? sign);
}

/** An `<img>` with every width; the middle one is what a browser without `srcset` takes. */
export function htmlSnippet(sources: readonly Source[], alt: string): string {
  const fallback = sources[Math.floor(sources.length / 2)];
  if (!fallback) return "";
  const { url, width, height } = fallback;
  return [
    `<img src="${escapeHtml(url)}"`,
    `     srcset="${escapeHtml(srcSetOf(sources))}"`,
    `     sizes="100vw"`,
    `     width="${width}" height="${height}" alt="${escapeHtml(alt)}">`,
  ].join("\n");
}

export function markdownSnippet(url: string, alt: string): string {
  return `![${alt.replace(/[[\]\\]/g, "\\$&")}](${url})`;
}

/** Quotes for a POSIX shell. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The request that the builder makes, as a command. */
export function curlLine(origin: string, imageId: string, ops: Ops): string {
  return [
    `curl -X POST ${shellQuote(`${origin}/api/v1/images/${imageId}/renditions`)}`,
    `  -H "Authorization: Bearer $API_KEY"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${shellQuote(JSON.stringify({ ops }))}`,
  ].join(" \\\n");
}
