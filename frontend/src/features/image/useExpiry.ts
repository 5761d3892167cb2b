import { useCallback } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { earliestExpiry, expiryDay } from "./expiry";

/** Says until which hour URLs work; empty for URLs that do not expire. */
export function useExpiry(): (...urls: string[]) => string {
  const t = useTranslations("image");
  const format = useFormatter();
  return useCallback(
    (...urls) => {
      const end = earliestExpiry(urls);
      if (!end) return "";
      const time = format.dateTime(end, { hour: "2-digit", minute: "2-digit" });
      const date = format.dateTime(end, { weekday: "long", day: "numeric", month: "long" });
      switch (expiryDay(end, new Date())) {
        case "past":
          return t("linkEnded");
        case "today":
          return t("linkToday", { time });
        case "tomorrow":
          return t("linkTomorrow", { time });
        case "later":
          return t("linkLater", { time, date });
      }
    },
    [t, format],
  );
}
