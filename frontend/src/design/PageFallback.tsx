import { Loader } from "@mantine/core";
import { useTranslations } from "use-intl";
import classes from "./PageFallback.module.css";

/** Shown while a page's code or the session is on its way. */
export function PageFallback() {
  const t = useTranslations("common");
  return (
    <div className={classes.fallback} role="status">
      <Loader size="sm" color="var(--ink-mute)" aria-hidden />
      <span className="visually-hidden">{t("loading")}</span>
    </div>
  );
}
