/** What size a rendition has, and why it is not the size that was asked for. */
import type { Rendition } from "@/api/shapes";

export interface Size {
  width: number;
  height: number;
}

/** What is asked for; the other members do not change the size. */
export type Box = Partial<Pick<Rendition["ops"], "width" | "height" | "fit">>;

/** `cover`: its box is not filled. `inside`: the picture is smaller than the box and stays so. */
export type Shortfall = "cover" | "inside";

/** Half is rounded up, and no side vanishes. */
function share(value: number, numerator: number, denominator: number): number {
  return Math.max(1, Math.floor((2 * value * numerator + denominator) / (2 * denominator)));
}

/**
 * The size that the platform will give a rendition, as `images/renditions/spec.py` works it out:
 * never enlarged; a box that cannot be covered keeps its shape at the largest size there is.
 */
export function sizeOf({ width: boxW, height: boxH, fit }: Box, { width, height }: Size): Size {
  if (fit === "cover" && boxW && boxH) {
    if (boxW <= width && boxH <= height) return { width: boxW, height: boxH };
    return width * boxH <= height * boxW
      ? { width, height: share(width, boxH, boxW) }
      : { width: share(height, boxW, boxH), height };
  }
  const byWidth = boxW && boxW < width ? [boxW, width] : [1, 1];
  const [over = 1, under = 1] = byWidth;
  const [numerator = 1, denominator = 1] =
    boxH && boxH * under < over * height ? [boxH, height] : byWidth;
  return {
    width: share(width, numerator, denominator),
    height: share(height, numerator, denominator),
  };
}

/** Why `made` is smaller than the box of `ops`; null when it is as large as was asked for. */
export function shortfallOf({ width, height, fit }: Box, made: Size): Shortfall | null {
  const narrower = !!width && made.width < width;
  const lower = !!height && made.height < height;
  if (fit === "cover") return narrower || lower ? "cover" : null;
  // Within a box one side may well stay short of it; both do only when nothing is enlarged.
  const reached = (!!width && !narrower) || (!!height && !lower);
  return (narrower || lower) && !reached ? "inside" : null;
}
