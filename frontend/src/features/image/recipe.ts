/** What the render builder asks for, and what may be asked for. */
import type { Ops } from "@/api/shapes";

export const FORMATS = ["webp", "jpeg", "png", "avif"] as const;
export const FITS = ["inside", "cover"] as const;
export const LARGEST_SIDE = 8192;

export type Format = (typeof FORMATS)[number];
export type Fit = (typeof FITS)[number];

/** The quality that the platform takes when none is given. */
export const DEFAULT_QUALITY: Record<Format, number> = { webp: 80, jpeg: 82, png: 100, avif: 60 };

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
  return side === null || (Number.isInteger(side) && side >= 1 && side <= LARGEST_SIDE);
}

/** What is wrong with a recipe; null when it can be asked for. */
export function faultOf(recipe: Recipe): RecipeFault | null {
  const { width, height, fit } = recipe;
  if (width === null && height === null) return "needsSize";
  if (!inRange(width) || !inRange(height)) return "outOfRange";
  if (fit === "cover" && (width === null || height === null)) return "coverNeedsBoth";
  return null;
}

/** The body of the request; PNG has no quality. */
export function opsOf({ width, height, fit, format, quality }: Recipe): Ops {
  return {
    ...(width !== null && { width }),
    ...(height !== null && { height }),
    fit,
    format,
    ...(format !== "png" && { quality }),
  };
}
