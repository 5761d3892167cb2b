import { useComputedColorScheme } from "@mantine/core";
import { useEffect } from "react";

/** The colour of the canvas in `tokens.css`, which the browser's own frame takes on. */
const CANVAS = { light: "#f4f5f7", dark: "#0d0f11" };

/** Follows the theme that the reader has chosen; `index.html` can only follow the system. */
export function ThemeColour() {
  const scheme = useComputedColorScheme("light");
  useEffect(() => {
    for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
      meta.content = CANVAS[scheme];
    }
  }, [scheme]);
  return null;
}
