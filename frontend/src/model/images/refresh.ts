/** When the server is asked again for images: once for many changes, and as far as was looked. */
import { hashKey, type Query, type QueryClient } from "@tanstack/react-query";
import { overviewKey } from "@/model/useOverview";
import {
  changeLists,
  DETAILS,
  type ImageFilters,
  type ImageList,
  imageListKey,
  LISTS,
} from "./imageCache";

const FIRST_PAUSE_MS = 400;
/** While changes go on and on, the pauses grow to this. */
const LONGEST_PAUSE_MS = 3200;
const QUIET_MS = 10_000;

export const COUNTS = ["images", "count"] as const;

/** The list without the pages beyond those that hold its first `count` images. */
export function trimmed(list: ImageList, count: number): ImageList {
  let held = 0;
  const pages = list.pages.findIndex((page) => {
    held += page.results.length;
    return held >= count;
  });
  if (pages < 0 || pages === list.pages.length - 1) return list;
  return { pages: list.pages.slice(0, pages + 1), pageParams: list.pageParams.slice(0, pages + 1) };
}

class Refresher {
  /** How many images of a list lead to the last one looked at, by the hash of its key. */
  readonly reach = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private isPlanned = false;
  private pauseMs = FIRST_PAUSE_MS;
  private endedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly client: QueryClient) {}

  /** Pages follow one another, each by the cursor of the last: without this, all would be read. */
  private trim(): void {
    changeLists(this.client, (list, hash) => trimmed(list, this.reach.get(hash) ?? Infinity));
  }

  soon(): void {
    for (const query of this.client.getQueryCache().findAll({ queryKey: LISTS })) {
      query.invalidate();
    }
    this.isPlanned = true;
    if (this.timer === undefined && this.running === null) this.plan();
  }

  private plan(): void {
    const isQuiet = Date.now() - this.endedAt > QUIET_MS;
    this.pauseMs = isQuiet ? FIRST_PAUSE_MS : Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    this.timer = setTimeout(() => void this.now(), this.pauseMs);
  }

  /** What is on its way may have been read before the change: it is asked for anew. */
  now(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isPlanned = false;
    this.trim();
    const asked = [LISTS, DETAILS, COUNTS, overviewKey].map((key) => askAgain(this.client, key));
    const running: Promise<void> = Promise.all(asked).then(() => this.ended(running));
    this.running = running;
    return running;
  }

  private ended(round: Promise<void>): void {
    if (this.running !== round) return;
    this.running = null;
    this.endedAt = Date.now();
    if (this.isPlanned) this.plan();
  }
}

function askAgain(client: QueryClient, queryKey: readonly string[]): Promise<void> {
  // What is on its way was perhaps read before the change. A first answer would be waited for, one
  // for a list that is out of view would count as new: neither may arrive.
  const isFirst = (query: Query): boolean => query.state.data === undefined;
  void client.cancelQueries({ queryKey, type: "inactive" });
  void client.cancelQueries({ queryKey, type: "active", predicate: isFirst }, { silent: true });
  return client.invalidateQueries({ queryKey });
}

const refreshers = new WeakMap<QueryClient, Refresher>();

function refresherOf(client: QueryClient): Refresher {
  const known = refreshers.get(client) ?? new Refresher(client);
  refreshers.set(client, known);
  return known;
}

/** Remembers that the first `count` images of a list are in use: they are asked for again. */
export function noteReach(client: QueryClient, filters: ImageFilters, count: number): void {
  refresherOf(client).reach.set(hashKey(imageListKey(filters)), count);
}

/** Images may be different at the server: what is shown is asked for again, soon. */
export function imagesMayHaveChanged(client: QueryClient): void {
  refresherOf(client).soon();
}

/** What the tabs of one browser tell each other: that there is something to ask the server for. */
const channel = new BroadcastChannel("images");
const NEWS = "changed";

/** Calls when another tab has changed images. Ends with what it returns. */
export function onNewsOfOtherTabs(call: () => void): () => void {
  const onMessage = ({ data }: MessageEvent<unknown>): void => {
    if (data === NEWS) call();
  };
  channel.addEventListener("message", onMessage);
  return () => channel.removeEventListener("message", onMessage);
}

/** This tab has changed images at the server. */
export function imagesChanged(client: QueryClient): void {
  channel.postMessage(NEWS);
  imagesMayHaveChanged(client);
}

/** Like `imagesChanged`, at once; resolves when what is shown is what the server holds. */
export async function refreshImages(client: QueryClient): Promise<void> {
  channel.postMessage(NEWS);
  await refresherOf(client).now();
}
