/** Arranges pictures of different shapes in rows that fill the width, as on a contact sheet. */

export interface Shape {
  width: number;
  height: number;
}

export interface Row {
  /** Index of the row's first picture in the whole list. */
  start: number;
  /** Height in CSS pixels, without the gap below. */
  height: number;
  /** Widths in CSS pixels, one per picture; with the gaps between they fill the line. */
  widths: number[];
}

const NARROWEST = 0.45;
const WIDEST = 3;

/** Width over height, held within bounds so that a panorama does not flatten its row. */
export function aspectOf(shape: Shape): number {
  if (shape.width <= 0 || shape.height <= 0) return 1;
  return Math.min(Math.max(shape.width / shape.height, NARROWEST), WIDEST);
}

/** Row height to aim at for a line of `width` pixels: about two pictures on a phone, six on a desk. */
export function targetHeight(width: number): number {
  return Math.round(Math.min(Math.max(width / 6, 132), 232));
}

export function justify(shapes: readonly Shape[], width: number, gap: number): Row[] {
  const rows: Row[] = [];
  if (width <= 0) return rows;
  const target = targetHeight(width);
  let start = 0;
  let aspects: number[] = [];
  let sum = 0;
  for (const [index, shape] of shapes.entries()) {
    const aspect = aspectOf(shape);
    aspects.push(aspect);
    sum += aspect;
    if (sum * target + gap * (aspects.length - 1) < width) continue;
    rows.push(filledRow(start, aspects, sum, width, gap));
    start = index + 1;
    aspects = [];
    sum = 0;
  }
  if (aspects.length > 0) {
    const widths = aspects.map((aspect) => Math.floor(aspect * target));
    rows.push({ start, height: target, widths });
  }
  return rows;
}

function filledRow(start: number, aspects: number[], sum: number, width: number, gap: number): Row {
  const free = width - gap * (aspects.length - 1);
  const height = Math.round(free / sum);
  const widths = aspects.map((aspect) => Math.floor((aspect / sum) * free));
  // What rounding has left over goes to the last picture, so that the edge is straight.
  const last = widths.length - 1;
  const taken = widths.slice(0, last).reduce((total, each) => total + each, 0);
  widths[last] = free - taken;
  return { start, height, widths };
}

/** Index of the row that holds the picture at `index`. */
export function rowOf(rows: readonly Row[], index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((rows[middle]?.start ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The picture above (`step` -1) or below (1) the one at `index`, by where their middles are. */
export function verticalNeighbour(rows: readonly Row[], index: number, step: 1 | -1): number {
  const from = rowOf(rows, index);
  const row = rows[from];
  const other = rows[from + step];
  if (!row || !other) return index;
  const middle = middleOf(row, index - row.start);
  let best = 0;
  for (const column of other.widths.keys()) {
    const nearer =
      Math.abs(middleOf(other, column) - middle) < Math.abs(middleOf(other, best) - middle);
    if (nearer) best = column;
  }
  return other.start + best;
}

function middleOf(row: Row, column: number): number {
  const before = row.widths.slice(0, column).reduce((total, each) => total + each, 0);
  return before + (row.widths[column] ?? 0) / 2;
}
