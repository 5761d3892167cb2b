import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useMemo, useRef, useState } from "react";
import { ordered } from "./summarize";
import classes from "./UploadList.module.css";
import { UploadRow } from "./UploadRow";
import type { Upload } from "./upload";

/** A row of one line, in CSS pixels; those with more to say are measured. */
const ROW_PX = 64;

/** The rows near the visible part, and the one with the focus; the others are only counted. */
export function UploadList({ list, label }: { list: readonly Upload[]; label: string }) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(() => ordered(list), [list]);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const focused = focusedId === null ? -1 : rows.findIndex(({ id }) => id === focusedId);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: useCallback((index: number) => rows[index]?.id ?? index, [rows]),
    rangeExtractor: useCallback((range: Range) => withIndex(range, focused), [focused]),
    overscan: 4,
    useFlushSync: false,
  });
  return (
    <div ref={scroller} className={classes.scroller}>
      <ul
        className={classes.list}
        style={{ height: virtualizer.getTotalSize() }}
        aria-label={label}
        onFocus={({ target }) =>
          setFocusedId(target.closest<HTMLElement>("[data-upload]")?.dataset["upload"] ?? null)
        }
        onBlur={() => setFocusedId(null)}
      >
        {virtualizer.getVirtualItems().map(({ index, key, start }) => {
          const upload = rows[index];
          return (
            upload && (
              <UploadRow
                key={key}
                upload={upload}
                index={index}
                count={rows.length}
                top={start}
                measure={virtualizer.measureElement}
              />
            )
          );
        })}
      </ul>
    </div>
  );
}

function withIndex(range: Range, index: number): number[] {
  const shown = defaultRangeExtractor(range);
  if (index < 0 || index >= range.count || shown.includes(index)) return shown;
  return [...shown, index].sort((a, b) => a - b);
}
