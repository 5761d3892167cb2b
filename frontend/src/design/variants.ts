import { defaultVariantColorsResolver, type VariantColorsResolver } from "@mantine/core";

const EDGELESS = "1px solid transparent";

/** How buttons look: ink for what is done here, grey for the rest, red for what destroys. */
export const variantColors: VariantColorsResolver = (input) => {
  const danger = input.color === "danger";
  switch (input.variant) {
    case "filled":
      return danger
        ? { background: "#b3202f", hover: "#96192a", color: "#ffffff", border: EDGELESS }
        : {
            background: "var(--fill)",
            hover: "var(--fill-hover)",
            color: "var(--on-fill)",
            border: EDGELESS,
          };
    case "light":
      return {
        background: danger ? "var(--bad-wash)" : "var(--sunken)",
        hover: danger ? "var(--bad-wash)" : "var(--line)",
        color: danger ? "var(--bad)" : "var(--ink)",
        border: EDGELESS,
      };
    case "subtle":
      return {
        background: "transparent",
        hover: danger ? "var(--bad-wash)" : "var(--sunken)",
        color: danger ? "var(--bad)" : "var(--ink-soft)",
        border: EDGELESS,
      };
    case "default":
    case "outline":
      return {
        background: "var(--surface)",
        hover: "var(--sunken)",
        color: danger ? "var(--bad)" : "var(--ink)",
        border: "1px solid var(--line)",
      };
    default:
      return defaultVariantColorsResolver(input);
  }
};
