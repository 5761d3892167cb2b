import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { type Box, type Size, shortfallOf } from "./outcome";

/** Width by height in this order, also where the writing runs from right to left. */
const pixels = (width: number, height: number): string => `\u2066${width} × ${height}\u2069`;

/** Says why a rendition is (or will be) smaller than its box; null when it is not. */
export function useShortfall(): (ops: Box, made: Size, when: "before" | "after") => string | null {
  const t = useTranslations("builder");
  return useCallback(
    (ops, made, when) => {
      const shortfall = shortfallOf(ops, made);
      if (!shortfall) return null;
      const size = pixels(made.width, made.height);
      if (shortfall === "inside") {
        return t(when === "before" ? "insideWillBe" : "insideIs", { size });
      }
      const asked = pixels(ops.width ?? 0, ops.height ?? 0);
      return t(when === "before" ? "coverWillBe" : "coverIs", { asked, size });
    },
    [t],
  );
}
