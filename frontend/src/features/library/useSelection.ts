import { useCallback, useMemo, useRef, useState } from "react";

/** Which images are selected, with ranges from the one last toggled. */
export function useSelection(ids: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const anchor = useRef<string | null>(null);

  const toggle = useCallback(
    (id: string, range: boolean) => {
      const from = range && anchor.current !== null ? ids.indexOf(anchor.current) : -1;
      setChosen((current) => {
        const next = new Set(current);
        const to = ids.indexOf(id);
        if (from >= 0 && to >= 0) {
          for (const each of ids.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(each);
        } else if (!next.delete(id)) next.add(id);
        return next;
      });
      anchor.current = id;
    },
    [ids],
  );
  const keepOnly = useCallback((kept: readonly string[]) => setChosen(new Set(kept)), []);
  const clear = useCallback(() => setChosen(new Set()), []);
  const selectAll = useCallback(() => setChosen(new Set(ids)), [ids]);
  // What has left the list (deleted, filtered away) is not selected any more.
  const selected = useMemo(() => {
    const listed = new Set(ids);
    return new Set([...chosen].filter((id) => listed.has(id)));
  }, [chosen, ids]);
  return { selected, toggle, keepOnly, clear, selectAll };
}
