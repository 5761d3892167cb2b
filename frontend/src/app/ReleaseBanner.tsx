import { Button } from "@mantine/core";
import { RefreshCw } from "lucide-react";
import { useTranslations } from "use-intl";
import { useNewRelease } from "@/code/newRelease";
import classes from "./Banner.module.css";

/** Offers the reload that a newer release needs; the browser asks first where work would be lost. */
export function ReleaseBanner() {
  const t = useTranslations();
  const newer = useNewRelease();
  return (
    <div role="status">
      {newer && (
        <p className={classes.banner} data-tone="plain">
          <RefreshCw size={16} aria-hidden />
          <span>{t("code.newerText")}</span>
          <Button variant="default" size="compact-sm" onClick={() => globalThis.location.reload()}>
            {t("shell.reload")}
          </Button>
        </p>
      )}
    </div>
  );
}
