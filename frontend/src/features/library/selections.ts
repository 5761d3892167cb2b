/** What is selected in each view: kept while one is elsewhere, until it is cleared. */

import { sessionStore } from "@/api/session/sessionStore";
import type { Image } from "@/api/shapes";

/** Some images by their ids, or all that a view's filters match except a few. */
export type Selection =
  | {
      kind: "some";
      /** By id the moment of upload: the place in every list. */
      chosen: ReadonlyMap<string, string>;
    }
  | {
      kind: "all";
      /** How many match, those left out included, as shown to the person. */
      count: number;
      except: ReadonlySet<string>;
    };

export interface ViewSelection {
  selection: Selection;
  /** The image toggled last, from which a range goes; null at first. */
  anchor: string | null;
}

export const NOTHING: ViewSelection = {
  selection: { kind: "some", chosen: new Map() },
  anchor: null,
};

export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === "all" ? !selection.except.has(id) : selection.chosen.has(id);
}

export function sizeOf(selection: Selection): number {
  if (selection.kind === "some") return selection.chosen.size;
  return Math.max(selection.count - selection.except.size, 0);
}

export function allOf(images: readonly Image[]): Selection {
  return { kind: "some", chosen: new Map(images.map((one) => [one.id, one.created_at])) };
}

/** The selection with these images in it, or without them. */
function withImages(selection: Selection, images: readonly Image[], isIn: boolean): Selection {
  if (selection.kind === "all") {
    const except = new Set(selection.except);
    for (const { id } of images) isIn ? except.delete(id) : except.add(id);
    return { ...selection, except };
  }
  const chosen = new Map(selection.chosen);
  for (const one of images) isIn ? chosen.set(one.id, one.created_at) : chosen.delete(one.id);
  return { kind: "some", chosen };
}

/** Selects what is not selected and the other way round, or selects the range up to `id`. */
export function toggled(
  { selection, anchor }: ViewSelection,
  images: readonly Image[],
  id: string,
  isRange: boolean,
): ViewSelection {
  const to = images.findIndex((image) => image.id === id);
  const from = isRange ? images.findIndex((image) => image.id === anchor) : -1;
  if (to < 0) return { selection, anchor };
  const range = from < 0 ? [] : images.slice(Math.min(from, to), Math.max(from, to) + 1);
  const next =
    range.length > 0
      ? withImages(selection, range, true)
      : withImages(selection, images.slice(to, to + 1), !isSelected(selection, id));
  return { selection: next, anchor: id };
}

/**
 * The selection without what has left the list. Who is older than the last image loaded may well be
 * in the list; it has only not come yet.
 */
export function stillListed(
  selection: Selection,
  images: readonly Image[],
  hasMore: boolean,
): Selection {
  if (selection.kind === "all") return selection;
  const listed = new Set(images.map(({ id }) => id));
  const end = hasMore ? images.at(-1)?.created_at : undefined;
  const isThere = ([id, at]: [string, string]) =>
    listed.has(id) || (end !== undefined && at <= end);
  const chosen = [...selection.chosen].filter(isThere);
  return chosen.length === selection.chosen.size
    ? selection
    : { ...selection, chosen: new Map(chosen) };
}

const views = new Map<string, ViewSelection>();
const listeners = new Set<() => void>();

function publish(): void {
  for (const listener of listeners) listener();
}

export const selections = {
  get: (view: string): ViewSelection => views.get(view) ?? NOTHING,
  set(view: string, next: ViewSelection): void {
    if (sizeOf(next.selection) > 0) views.set(view, next);
    else views.delete(view);
    publish();
  },
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

sessionStore.subscribe((state, previous) => {
  if (previous.userId === null || state.userId === previous.userId) return;
  views.clear();
  publish();
});
