import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { useProblemWords } from "@/design/useProblemWords";
import { isReady } from "@/model/images/sources";
import { jobProblem } from "@/model/jobs/jobProblem";
import { RenditionRow } from "./RenditionRow";
import classes from "./RenditionTable.module.css";
import { useExpiry } from "./useExpiry";
import { useFailedJob } from "./useFailedJob";

export function RenditionTable({ image }: { image: Image }) {
  const t = useTranslations("image");
  const until = useExpiry();
  const failed = useFailedJob(image);
  const { title: reason } = useProblemWords()(jobProblem(failed));
  if (image.renditions.length === 0) return <p className={classes.none}>{t("noRenditions")}</p>;
  const sorted = [...image.renditions].sort(
    (a, b) => (a.width ?? 0) - (b.width ?? 0) || a.format.localeCompare(b.format),
  );
  const urls = sorted.filter(isReady).map((rendition) => rendition.url);
  return (
    <>
      {urls.length > 0 && (
        <p className={classes.until} data-testid="link-until">
          {until(...urls)} {t("linkRenewed")}
        </p>
      )}
      <ul className={classes.list} aria-label={t("renditionTable")} data-testid="renditions">
        {sorted.map((rendition) => (
          <RenditionRow
            key={rendition.id}
            rendition={rendition}
            filename={image.filename}
            failure={failed && reason}
          />
        ))}
      </ul>
    </>
  );
}
