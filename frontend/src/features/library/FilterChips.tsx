import { Button } from "@mantine/core";
import { X } from "lucide-react";
import { useMessages, useTranslations } from "use-intl";
import { formatName } from "@/model/images/formats";
import type { ImageFilters } from "@/model/images/imageCache";
import classes from "./FilterChips.module.css";
import type { FilterName } from "./useFilters";

interface Props {
  filters: ImageFilters;
  setFilter(name: FilterName, value: string): void;
  onClear(): void;
}

/** The filters in force, each with a way out. */
export function FilterChips({ filters, setFilter, onClear }: Props) {
  const t = useTranslations("library");
  const states: Record<string, string> = useMessages().imageState;
  const chips: { name: FilterName; text: string }[] = [];
  if (filters.tag) chips.push({ name: "tag", text: `${t("tag")}: ${filters.tag}` });
  if (filters.state) {
    chips.push({ name: "state", text: `${t("state")}: ${states[filters.state] ?? filters.state}` });
  }
  if (filters.format) {
    chips.push({ name: "format", text: `${t("format")}: ${formatName(filters.format)}` });
  }
  if (chips.length === 0) return null;
  return (
    <div className={classes.chips}>
      {chips.map(({ name, text }) => (
        <button
          key={name}
          type="button"
          className={classes.chip}
          onClick={() => setFilter(name, "")}
        >
          <bdi>{text}</bdi>
          <X size={14} aria-hidden />
        </button>
      ))}
      <Button variant="subtle" size="compact-sm" onClick={onClear}>
        {t("clearFilters")}
      </Button>
    </div>
  );
}
