import { hashKey } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import { type ImageFilters, imageListKey } from "@/model/images/imageCache";
import type { Target } from "@/model/images/selectionCalls";
import type { useImages } from "@/model/images/useImages";
import {
  allOf,
  isSelected,
  NOTHING,
  type Selection,
  selections,
  sizeOf,
  stillListed,
  toggled,
} from "./selections";

/** Which images of a view are selected; it is the same when one comes back to the view. */
export function useSelection(filters: ImageFilters, list: ReturnType<typeof useImages>) {
  const view = useMemo(() => hashKey(imageListKey(filters)), [filters]);
  const held = useSyncExternalStore(selections.subscribe, () => selections.get(view));
  const { images, hasNextPage, isPending } = list;
  const selection = useMemo(
    () => (isPending ? held.selection : stillListed(held.selection, images, hasNextPage)),
    [held, images, hasNextPage, isPending],
  );

  // Who has left the list is forgotten: it is not selected when it comes back.
  useEffect(() => {
    if (selection !== held.selection) selections.set(view, { ...held, selection });
  }, [view, held, selection]);

  const toggle = useCallback(
    (id: string, range: boolean) =>
      selections.set(view, toggled({ ...selections.get(view), selection }, images, id, range)),
    [view, selection, images],
  );
  const put = useCallback(
    (next: Selection) => selections.set(view, { ...selections.get(view), selection: next }),
    [view],
  );
  const clear = useCallback(() => selections.set(view, NOTHING), [view]);
  const selectLoaded = useCallback(() => put(allOf(images)), [put, images]);
  const selectAll = useCallback(
    (count: number) => put({ kind: "all", count, except: new Set() }),
    [put],
  );
  const has = useCallback((id: string) => isSelected(selection, id), [selection]);
  const isAllLoaded = useMemo(
    () => images.length > 0 && images.every(({ id }) => isSelected(selection, id)),
    [images, selection],
  );
  /** Whether more match than are selected, though all that has been loaded is. */
  const isPart = selection.kind === "some" && isAllLoaded && hasNextPage;
  return {
    ...{ has, toggle, clear, selectLoaded, selectAll, isPart },
    count: sizeOf(selection),
    isAll: selection.kind === "all",
    isWhole: selection.kind === "all" && selection.except.size === 0,
    target: targetOf(filters, selection),
  };
}

function targetOf(filters: ImageFilters, selection: Selection): Target {
  if (selection.kind === "some") return { ids: [...selection.chosen.keys()] };
  return { filters, count: selection.count, except: [...selection.except] };
}
