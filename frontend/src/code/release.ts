/** Whether the server has another release than the one that this tab runs. */

export type ServerState = "same" | "newer" | "unreachable";

const RELOADED = "reloaded-for";

/** The entry script that a page names; its file's name changes with every release. */
function entryOf(html: Document): string | null {
  return html.querySelector("script[type=module][src]")?.getAttribute("src") ?? null;
}

async function servedEntry(): Promise<string | null> {
  const answer = await fetch("/", { cache: "no-store", headers: { Accept: "text/html" } });
  if (!answer.ok) return null;
  return entryOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

export interface ServerAnswer {
  state: ServerState;
  /** What the server's page names; null when it could not be asked. */
  entry: string | null;
}

/** Asks the server for its page, past every cache. A page of somebody else (a portal) is no answer. */
export async function askServer(): Promise<ServerAnswer> {
  const entry = navigator.onLine ? await servedEntry().catch(() => null) : null;
  if (entry === null) return { state: "unreachable", entry };
  return { state: entry === entryOf(document) ? "same" : "newer", entry };
}

/**
 * Whether leaving the page now would lose something. Asks as the browser does: who has unsaved work
 * objects to `beforeunload`.
 */
export function isLeavingLossy(): boolean {
  return !globalThis.dispatchEvent(new Event("beforeunload", { cancelable: true }));
}

/**
 * Reloads into a newer release, once for each: while pods of two releases answer in turn, a tab must
 * not go to and fro. False when it has been tried.
 */
export function reloadOnce(entry: string, reload = () => globalThis.location.reload()): boolean {
  if (sessionStorage.getItem(RELOADED) === entry) return false;
  sessionStorage.setItem(RELOADED, entry);
  reload();
  return true;
}
