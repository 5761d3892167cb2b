import { TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { useOverview } from "@/model/useOverview";
import banner from "./Banner.module.css";

export function DegradedBanner() {
  const t = useTranslations("shell");
  const unavailable = useOverview({ watch: true }).data?.unavailable ?? [];
  return (
    <div role="status">
      {unavailable.length > 0 && (
        <p className={banner.banner} data-inset>
          <TriangleAlert size={16} aria-hidden />
          <span>{t("degraded", { roles: unavailable.join(", ") })}</span>
        </p>
      )}
    </div>
  );
}
