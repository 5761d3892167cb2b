import { useTranslations } from "use-intl";
import { Meter } from "@/design/Meter";
import { useQuantity } from "@/i18n/useQuantity";
import { useOverview } from "@/model/useOverview";
import classes from "./UsageMeter.module.css";

export function UsageMeter() {
  const t = useTranslations();
  const quantity = useQuantity();
  const usage = useOverview().data?.usage;
  if (!usage) return null;
  const text = t("quantity.used", {
    used: quantity.bytes(usage.bytes),
    limit: quantity.bytes(usage.limit_bytes),
  });
  return (
    <div className={classes.usage}>
      <div className={classes.words}>
        <span>{t("shell.usage")}</span>
        <span className="tabular">{text}</span>
      </div>
      <Meter label={t("shell.usage")} value={usage.bytes} max={usage.limit_bytes} text={text} />
    </div>
  );
}
