/** Where one was in each list of this tab's history; it outlives a reload. */

export interface Place {
  /** How far it was scrolled, in CSS pixels. */
  top: number;
  /** How many images lead to the last one in the window. */
  count: number;
  /** The image that was opened from here; null when none was, or when it has the focus again. */
  opened: string | null;
}

const NAME = "library-places";
const PLACES_AT_MOST = 50;

type Places = [string, Place][];

function read(): Places {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "[]") as Places;
  } catch {
    return [];
  }
}

/** `entry` is the key of an entry of the tab's history. */
export function placeAt(entry: string): Place | null {
  return read().find(([key]) => key === entry)?.[1] ?? null;
}

export function keepPlace(entry: string, place: Place): void {
  const others = read().filter(([key]) => key !== entry);
  sessionStorage.setItem(NAME, JSON.stringify([...others, [entry, place]].slice(-PLACES_AT_MOST)));
}
