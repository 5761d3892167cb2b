import { Button, NativeSelect, Popover, Stack, TextInput } from "@mantine/core";
import { SlidersHorizontal } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { INPUT_FORMATS } from "@/api/constants.gen";
import { formatName } from "@/model/images/formats";
import type { ImageFilters } from "@/model/images/imageCache";
import { STATE_CHOICES } from "./choices";
import type { FilterName } from "./useFilters";

interface Props {
  filters: ImageFilters;
  setFilter(name: FilterName, value: string): void;
}

export function FilterMenu({ filters, setFilter }: Props) {
  const t = useTranslations("library");
  const states = useTranslations("imageState");
  return (
    <Popover position="bottom-end" width={280} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<SlidersHorizontal size={16} aria-hidden />}>
          {t("filters")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("filters")}>
        <Stack gap="sm">
          <TagFilter value={filters.tag} onChange={(value) => setFilter("tag", value)} />
          <NativeSelect
            label={t("state")}
            value={filters.state}
            onChange={(event) => setFilter("state", event.currentTarget.value)}
            data={[
              { value: "", label: t("anyState") },
              ...STATE_CHOICES.map((value) => ({ value, label: states(value) })),
            ]}
          />
          <NativeSelect
            label={t("format")}
            value={filters.format}
            onChange={(event) => setFilter("format", event.currentTarget.value)}
            data={[
              { value: "", label: t("anyFormat") },
              ...INPUT_FORMATS.map((value) => ({ value, label: formatName(value) })),
            ]}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Filters by Enter, or when one goes on to another field. */
function TagFilter({ value, onChange }: { value: string; onChange(value: string): void }) {
  const t = useTranslations("library");
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  return (
    <TextInput
      label={t("tag")}
      placeholder={t("anyTag")}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={() => onChange(typed.trim())}
      onKeyDown={(event) => {
        if (event.key === "Enter") onChange(typed.trim());
      }}
    />
  );
}
