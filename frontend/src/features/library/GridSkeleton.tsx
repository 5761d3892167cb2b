import { useTranslations } from "use-intl";
import classes from "./GridSkeleton.module.css";

/** Shapes of photographs in the proportions that they mostly have. */
const ROWS = [
  [1.5, 0.7, 1.4, 1, 1.5],
  [0.8, 1.5, 1.3, 1.6, 0.8],
  [1.4, 1, 1.5, 0.7, 1.3],
];

export function GridSkeleton() {
  const t = useTranslations("common");
  return (
    <div role="status" className={classes.grid}>
      <span className="visually-hidden">{t("loading")}</span>
      {ROWS.map((row) => (
        <div key={row.join()} className={classes.row} aria-hidden>
          {row.map((aspect, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a fixed pattern, never reordered
            <div key={index} className={classes.tile} style={{ flexGrow: aspect }} />
          ))}
        </div>
      ))}
    </div>
  );
}
