import { Button } from "@mantine/core";
import { ImagePlus, SearchX, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { EmptyState } from "@/design/EmptyState";
import { type ImageFilters, isUnfiltered } from "@/model/images/imageCache";

interface Props {
  filters: ImageFilters;
  onClear(): void;
  /** What a library without images offers. */
  children?: ReactNode;
}

export function NothingHere({ filters, onClear, children }: Props) {
  const t = useTranslations("library");
  if (!isUnfiltered({ ...filters, trashed: false })) {
    return (
      <EmptyState icon={SearchX} title={t("noMatchTitle")} text={t("noMatchText")}>
        <Button variant="default" onClick={onClear}>
          {t("clearFilters")}
        </Button>
      </EmptyState>
    );
  }
  if (filters.trashed) {
    return <EmptyState icon={Trash2} title={t("emptyTrashTitle")} text={t("emptyTrashText")} />;
  }
  return (
    <EmptyState icon={ImagePlus} title={t("emptyTitle")} text={t("emptyText")}>
      {children}
    </EmptyState>
  );
}
