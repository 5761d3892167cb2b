import { Link } from "react-router";
import { useMessages, useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { CopyIcon } from "@/design/CopyIcon";
import { Pixels } from "@/design/Pixels";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import { formatName } from "@/model/images/formats";
import classes from "./Facts.module.css";
import { originalUrl } from "./original";

export function Facts({ image }: { image: Image }) {
  const t = useTranslations();
  const states: Record<string, string> = useMessages().imageState;
  const quantity = useQuantity();
  const { width, height } = image;
  return (
    <dl className={classes.facts}>
      <dt>{t("image.dimensions")}</dt>
      <dd>
        <Pixels width={width} height={height} />
      </dd>
      <dt>{t("image.size")}</dt>
      <dd className="tabular">{quantity.bytes(image.bytes)}</dd>
      <dt>{t("image.format")}</dt>
      <dd>{formatName(image.format)}</dd>
      {image.animated && (
        <>
          <dt>{t("image.animated")}</dt>
          <dd>{originalUrl(image) ? t("image.animatedYes") : t("image.animatedStill")}</dd>
        </>
      )}
      <dt>{t("image.state")}</dt>
      <dd>{states[image.state] ?? image.state}</dd>
      <dt>{t("image.filename")}</dt>
      <dd className={classes.long}>
        <UserText>{image.filename}</UserText>
      </dd>
      <dt>{t("image.added")}</dt>
      <dd>{quantity.dateTime(image.created_at)}</dd>
      {image.updated_at !== image.created_at && (
        <>
          <dt>{t("image.changed")}</dt>
          <dd>{quantity.dateTime(image.updated_at)}</dd>
        </>
      )}
      <dt>{t("image.tags")}</dt>
      <dd>
        {image.tags.length === 0 && <span className={classes.none}>{t("image.noTags")}</span>}
        <span className={classes.tags}>
          {image.tags.map((tag) => (
            <Link key={tag} to={`/?tag=${encodeURIComponent(tag)}`} className={classes.tag}>
              <UserText>{tag}</UserText>
            </Link>
          ))}
        </span>
      </dd>
      <dt>{t("image.checksum")}</dt>
      <dd className={classes.checksum}>
        <code dir="ltr">{image.sha256}</code>
        <CopyIcon value={image.sha256} label={`${t("common.copy")}: ${t("image.checksum")}`} />
      </dd>
    </dl>
  );
}
