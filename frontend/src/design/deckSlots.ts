/** Two places at the lower edge of the window. They exist before, and after, anything is in them. */

export type Slot = "bar" | "dock";

const places = new Map<Slot, HTMLElement>();

export function placeOf(slot: Slot): HTMLElement {
  let place = places.get(slot);
  if (!place) {
    place = document.createElement("div");
    place.dataset["slot"] = slot;
    places.set(slot, place);
  }
  return place;
}
