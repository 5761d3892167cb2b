import { onlineManager } from "@tanstack/react-query";
import { WifiOff } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslations } from "use-intl";
import classes from "./Banner.module.css";

export function OfflineBanner() {
  const t = useTranslations("shell");
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  );
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
