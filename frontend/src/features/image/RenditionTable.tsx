import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { RenditionRow } from "./RenditionRow";
import classes from "./RenditionTable.module.css";

export function RenditionTable({ image }: { image: Image }) {
  const t = useTranslations("image");
  if (image.renditions.length === 0) return <p className={classes.none}>{t("noRenditions")}</p>;
  const sorted = [...image.renditions].sort(
    (a, b) => (a.width ?? 0) - (b.width ?? 0) || a.format.localeCompare(b.format),
  );
  return (
    <ul className={classes.list} aria-label={t("renditionTable")} data-testid="renditions">
      {sorted.map((rendition) => (
        <RenditionRow key={rendition.id} rendition={rendition} filename={image.filename} />
      ))}
    </ul>
  );
}
