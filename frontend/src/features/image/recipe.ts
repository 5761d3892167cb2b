/** What the render builder asks for, and what may be asked for. */
import {
  DEFAULT_QUALITY,
  type FITS,
  LONGEST_SIDE,
  type OUTPUT_FORMATS,
  QUALITY_MAX,
} from "@/api/constants.gen";
import type { Ops } from "@/api/shapes";

export type Format = (typeof OUTPUT_FORMATS)[number];
export type Fit = (typeof FITS)[number];

const DEFAULTS: Partial<Record<Format, number>> = DEFAULT_QUALITY;

/** Whether a format loses something, as much as its quality says. */
export function isLossy(format: Format): boolean {
  return DEFAULTS[format] !== undefined;
}

/** Where the quality begins when a format is chosen: what the platform takes when none is given. */
export function defaultQuality(format: Format): number {
  return DEFAULTS[format] ?? QUALITY_MAX;
}

export interface Recipe {
  /** Null: left to the picture's shape. */
  width: number | null;
  height: number | null;
  fit: Fit;
  format: Format;
  quality: number;
}

export type RecipeFault = "needsSize" | "coverNeedsBoth" | "outOfRange";

function inRange(side: number | null): boolean {
  return side === null || (Number.isInteger(side) && side >= 1 && side <= LONGEST_SIDE);
}

/** What is wrong with a recipe; null when it can be asked for. */
export function faultOf(recipe: Recipe): RecipeFault | null {
  const { width, height, fit } = recipe;
  if (width === null && height === null) return "needsSize";
  if (!inRange(width) || !inRange(height)) return "outOfRange";
  if (fit === "cover" && (width === null || height === null)) return "coverNeedsBoth";
  return null;
}

/** The body of the request; a lossless format has no quality. */
export function opsOf({ width, height, fit, format, quality }: Recipe): Ops {
  return {
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    fit,
    format,
    ...(isLossy(format) && { quality }),
  };
}
