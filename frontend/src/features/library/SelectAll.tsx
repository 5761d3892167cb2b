import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import type { ImageFilters } from "@/model/images/imageCache";
import { COUNTS } from "@/model/images/refresh";
import { countImages } from "@/model/images/selectionCalls";
import classes from "./SelectionBar.module.css";

interface Props {
  filters: ImageFilters;
  onSelect(count: number): void;
}

/** Offers what select-all has not reached: the images that match and have not been loaded. */
export function SelectAll({ filters, onSelect }: Props) {
  const t = useTranslations("library");
  const { data: count } = useQuery({
    queryKey: [...COUNTS, filters],
    queryFn: () => countImages(filters),
  });
  if (count === undefined) return null;
  return (
    <Button
      variant="light"
      className={classes.all ?? ""}
      data-testid="select-all"
      onClick={() => onSelect(count)}
    >
      {t("selectAll", { count })}
    </Button>
  );
}
