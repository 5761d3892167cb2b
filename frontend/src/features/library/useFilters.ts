import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import { INPUT_FORMATS } from "@/api/constants.gen";
import type { ImageFilters } from "@/model/images/imageCache";
import { STATE_CHOICES } from "./choices";

export type FilterName = "q" | "tag" | "state" | "format";

/**
 * The filters live in the URL: a search can be bookmarked, and is there again on the way back
 * from an image. One search replaces another; Back does not lead through all of them.
 */
export function useFilters(trashed: boolean) {
  const [params, setParams] = useSearchParams();
  const filters = useMemo<ImageFilters>(
    () => ({
      q: params.get("q") ?? "",
      tag: params.get("tag") ?? "",
      state: STATE_CHOICES.find((choice) => choice === params.get("state")) ?? "",
      format: INPUT_FORMATS.find((choice) => choice === params.get("format")) ?? "",
      trashed,
    }),
    [params, trashed],
  );
  const setFilter = useCallback(
    (name: FilterName, value: string) =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          if (value) next.set(name, value);
          else next.delete(name);
          return next;
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  const clearFilters = useCallback(() => setParams({}, { replace: true }), [setParams]);
  return { filters, setFilter, clearFilters };
}
