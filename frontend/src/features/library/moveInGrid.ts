import { type Row, rowOf, verticalNeighbour } from "./justify";

/**
 * Where Tab stops: at `index` while its row is in the page, else at the first row in the window;
 * otherwise there would be no way into a grid that was scrolled.
 */
export function reachable(
  index: number,
  rows: readonly Row[],
  rendered: readonly number[],
  inWindow: { startIndex: number } | null,
): number {
  if (rendered.includes(rowOf(rows, index))) return index;
  const row = rows[inWindow?.startIndex ?? rendered[0] ?? 0];
  return row?.start ?? index;
}

/** The rows of `shown`, and `row` as well: what has the focus must not leave the page. */
export function withRow(shown: number[], row: number | null): number[] {
  if (row === null || shown.includes(row)) return shown;
  return [...shown, row].sort((one, other) => one - other);
}

interface Place {
  rows: readonly Row[];
  index: number;
  count: number;
  dir: "ltr" | "rtl";
}

/** Where a key leads from here; null when it is not a key that moves. */
export function moveInGrid(key: string, { rows, index, count, dir }: Place): number | null {
  const clamp = (next: number): number => Math.min(Math.max(next, 0), count - 1);
  const forward = dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  const back = dir === "rtl" ? "ArrowRight" : "ArrowLeft";
  switch (key) {
    case forward:
      return clamp(index + 1);
    case back:
      return clamp(index - 1);
    case "ArrowDown":
      return verticalNeighbour(rows, index, 1);
    case "ArrowUp":
      return verticalNeighbour(rows, index, -1);
    case "Home":
      return rows[rowOf(rows, index)]?.start ?? 0;
    case "End": {
      const row = rows[rowOf(rows, index)];
      return row ? row.start + row.widths.length - 1 : clamp(count);
    }
    default:
      return null;
  }
}
