import { useDirection } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import type { ImageFilters } from "@/model/images/imageCache";
import { noteReach } from "@/model/images/refresh";
import type { useImages } from "@/model/images/useImages";
import classes from "./ImageGrid.module.css";
import { justify, rowOf } from "./justify";
import { ListEnd } from "./ListEnd";
import { moveInGrid, reachable, withRow } from "./moveInGrid";
import { Tile } from "./Tile";
import { usePlace } from "./usePlace";
import type { useSelection } from "./useSelection";

const GAP = 6;
/** The next page is asked for when this many rows are left below the window. */
const ROWS_AHEAD = 12;

/**
 * Going back, the page must have its height in the first render or the browser cannot restore its
 * place; the grid itself is measured only after that. 0 until a first grid was measured.
 */
let lastWidth = 0;

interface Props {
  list: ReturnType<typeof useImages>;
  selection: ReturnType<typeof useSelection>;
  filters: ImageFilters;
  /** Something is being done to the selection. */
  busy: boolean;
}

/** Thumbnails in justified rows; only those near the window, and the one with focus, exist in the page. */
export function ImageGrid({ list, selection, filters, busy }: Props) {
  const t = useTranslations("library");
  const { dir } = useDirection();
  const hintId = useId();
  const client = useQueryClient();
  const { images, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const { ref: sizeRef, width: measured } = useElementSize<HTMLDivElement>();
  const width = measured || lastWidth;
  const gridRef = useRef<HTMLDivElement | null>(null);
  const [top, setTop] = useState(0);
  const [current, setCurrent] = useState(0);
  const [hasFocus, setHasFocus] = useState(false);
  const wantsFocus = useRef(false);

  useEffect(() => {
    lastWidth = width;
  }, [width]);

  const rows = useMemo(() => justify(images, width, GAP), [images, width]);
  const place = Math.min(current, images.length - 1);
  const focused = hasFocus ? rowOf(rows, place) : null;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: (index) => (rows[index]?.height ?? 0) + GAP,
    overscan: 4,
    rangeExtractor: useCallback(
      (range: Range) => withRow(defaultRangeExtractor(range), focused),
      [focused],
    ),
    scrollMargin: top,
    useFlushSync: false,
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are new whenever rows are
  useLayoutEffect(() => virtualizer.measure(), [rows, virtualizer]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is above changes with the width
  useLayoutEffect(() => {
    const box = gridRef.current?.getBoundingClientRect();
    if (box) setTop(box.top + globalThis.scrollY);
  }, [width, rows.length === 0]);

  const selecting = selection.count > 0;
  const items = virtualizer.getVirtualItems();
  const lastShown = virtualizer.range?.endIndex ?? 0;
  useEffect(() => {
    const near = rows.length > 0 && lastShown >= rows.length - ROWS_AHEAD;
    if (near && hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [lastShown, rows.length, hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);

  const lastRow = rows[lastShown];
  const shown = lastRow ? lastRow.start + lastRow.widths.length : 0;
  const reach = Math.max(shown, hasFocus ? place + 1 : 0);
  useEffect(() => noteReach(client, filters, reach), [client, filters, reach]);

  const focusOn = useCallback((index: number) => {
    wantsFocus.current = true;
    setCurrent(index);
    setHasFocus(true);
  }, []);
  const { onOpen } = usePlace({ list, shown, onFocus: focusOn });

  const tabStop = reachable(
    place,
    rows,
    items.map(({ index }) => index),
    virtualizer.range,
  );
  useEffect(() => {
    if (!wantsFocus.current) return;
    const cell = gridRef.current?.querySelector<HTMLElement>(`[data-index="${place}"] a`);
    if (!cell) return;
    wantsFocus.current = false;
    cell.focus({ preventScroll: true });
  });

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const image = images[place];
    if (event.key === " " && image) {
      event.preventDefault();
      selection.toggle(image.id, event.shiftKey);
    } else if (event.key === "Escape") selection.clear();
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      selection.selectLoaded();
    } else {
      const next = moveInGrid(event.key, { rows, index: place, count: images.length, dir });
      if (next === null) return;
      event.preventDefault();
      wantsFocus.current = true;
      setCurrent(next);
      virtualizer.scrollToIndex(rowOf(rows, next), { align: "auto" });
    }
  };

  return (
    <>
      <p id={hintId} className="visually-hidden">
        {t("keys")}
      </p>
      <div ref={sizeRef}>
        <div
          ref={gridRef}
          role="grid"
          aria-label={t("grid")}
          aria-describedby={hintId}
          aria-rowcount={hasNextPage ? -1 : rows.length}
          aria-multiselectable
          className={classes.grid}
          style={{ height: virtualizer.getTotalSize() }}
          data-selecting={selecting || undefined}
          data-busy={busy || undefined}
          data-testid="image-grid"
          onKeyDown={onKeyDown}
          onFocus={() => setHasFocus(true)}
          onBlur={({ currentTarget, relatedTarget }) =>
            setHasFocus(currentTarget.contains(relatedTarget))
          }
        >
          {items.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            return (
              <div
                key={item.key}
                role="row"
                tabIndex={-1}
                aria-rowindex={item.index + 1}
                className={classes.row}
                style={{ height: row.height, top: item.start - top }}
              >
                {row.widths.map((tileWidth, column) => {
                  const index = row.start + column;
                  const image = images[index];
                  if (!image) return null;
                  return (
                    <Tile
                      key={image.id}
                      image={image}
                      index={index}
                      width={tileWidth}
                      trashed={filters.trashed}
                      focusable={index === tabStop}
                      selected={selection.has(image.id)}
                      selecting={selecting}
                      onToggle={selection.toggle}
                      onFocus={setCurrent}
                      onOpen={onOpen}
                    />
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      <ListEnd list={list} />
    </>
  );
}
