import { WifiOff } from "lucide-react";
import { useTranslations } from "use-intl";
import classes from "./Banner.module.css";
import { useOnline } from "./useOnline";

export function OfflineBanner() {
  const t = useTranslations("shell");
  const online = useOnline();
  return (
    <div role="status">
      {!online && (
        <p className={classes.banner}>
          <WifiOff size={16} aria-hidden />
          <span>
            <strong>{t("offlineTitle")}.</strong> {t("offlineText")}
          </span>
        </p>
      )}
    </div>
  );
}
