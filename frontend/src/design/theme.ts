import { createTheme, type MantineColorsTuple } from "@mantine/core";
import { variantColors } from "./variants.ts";

/** Neutral greys with a breath of blue, so that photographs carry the colour. */
const graphite: MantineColorsTuple = [
  "#f6f7f8",
  "#eceef1",
  "#dde1e5",
  "#c3c9d0",
  "#9aa3ad",
  "#6f7983",
  "#535c66",
  "#3a424a",
  "#262c32",
  "#14181c",
];

/** The orange of a darkroom safelight: selection, focus and progress, nothing else. */
const safelight: MantineColorsTuple = [
  "#fff2ec",
  "#ffe1d3",
  "#ffc2a6",
  "#ff9f75",
  "#ff8450",
  "#f4661f",
  "#d9500d",
  "#bf4209",
  "#9a3508",
  "#742806",
];

/** Mantine's dark surfaces, from text (0) to the deepest background (9). */
const dark: MantineColorsTuple = [
  "#eceef0",
  "#c9ced3",
  "#a3abb3",
  "#838c95",
  "#4a525a",
  "#363d44",
  "#2a3036",
  "#171b1f",
  "#101316",
  "#0a0c0e",
];

export const theme = createTheme({
  colors: { graphite, safelight, dark },
  primaryColor: "graphite",
  primaryShade: { light: 9, dark: 1 },
  autoContrast: true,
  variantColorResolver: variantColors,
  black: "#14181c",
  fontFamily:
    '"Instrument Sans Variable", "IBM Plex Sans Arabic", system-ui, "Segoe UI", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: {
    fontFamily:
      '"Instrument Sans Variable", "IBM Plex Sans Arabic", system-ui, "Segoe UI", sans-serif',
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.75rem", lineHeight: "1.2" },
      h2: { fontSize: "1.125rem", lineHeight: "1.35" },
      h3: { fontSize: "1rem", lineHeight: "1.4" },
    },
  },
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  radius: { xs: "3px", sm: "6px", md: "8px", lg: "12px", xl: "20px" },
  defaultRadius: "md",
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2.25rem" },
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // The library's scroll lock injects a style element; base.css locks the page instead.
    Modal: {
      defaultProps: { lockScroll: false, centered: true, radius: "lg", padding: "lg" },
      styles: { title: { fontSize: "1.125rem", fontWeight: 600 } },
    },
    // No target is smaller than 24 pixels (WCAG 2.2, 2.5.8).
    ActionIcon: {
      vars: (_: unknown, { size }: { size?: unknown }) => ({
        root: size === "sm" ? { "--ai-size": "24px" } : {},
      }),
    },
    Slider: {
      defaultProps: { thumbSize: 24 },
      classNames: { track: "slider-track", bar: "slider-bar" },
    },
    // The ring belongs around the whole field, not around the letters within it.
    TagsInput: { classNames: { input: "ring-around", inputField: "ring-none" } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false } },
    // The mark of a choice is as wide as the icons of the other items, so that all words line up.
    // A placeholder for the focus is no item, and nothing else may be in a menu (ARIA 1.2).
    Menu: {
      defaultProps: { shadow: "none", offset: 6, withInitialFocusPlaceholder: false },
      styles: { itemIndicator: { width: 16, height: 16 } },
    },
  },
});
