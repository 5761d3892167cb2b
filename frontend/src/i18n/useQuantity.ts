/** Sizes, speeds, durations and moments in the reader's language. */
import { useMemo } from "react";
import { useFormatter, useLocale, useTranslations } from "use-intl";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Decimal units, as storage is sold and as the quota is counted: 1 MB = 1,000,000 bytes. */
export function scaleBytes(bytes: number): { value: number; unit: (typeof UNITS)[number] } {
  let value = bytes;
  let step = 0;
  while (Math.abs(value) >= 999.5 && step < UNITS.length - 1) {
    value /= 1000;
    step += 1;
  }
  return { value, unit: UNITS[step] ?? "byte" };
}

export function useQuantity() {
  const locale = useLocale();
  const format = useFormatter();
  const t = useTranslations("quantity");
  return useMemo(() => {
    const bytes = (count: number): string => {
      const { value, unit } = scaleBytes(count);
      const maximumFractionDigits = value < 10 && unit !== "byte" ? 1 : 0;
      return t(unit, { value: format.number(value, { maximumFractionDigits }) });
    };
    const unit = (value: number, name: string, digits = 0): string =>
      new Intl.NumberFormat(locale, {
        style: "unit",
        unit: name,
        unitDisplay: "short",
        maximumFractionDigits: digits,
      }).format(value);
    return {
      bytes,
      /** Bytes per second. */
      speed: (perSecond: number): string => t("perSecond", { amount: bytes(perSecond) }),
      milliseconds: (value: number): string => unit(value, "millisecond", value < 10 ? 1 : 0),
      /** A length of time in its largest unit. */
      seconds: (value: number): string => {
        if (value < 60) return unit(Math.round(value), "second");
        if (value < 3600) return unit(Math.round(value / 60), "minute");
        if (value < 86_400) return unit(Math.round(value / 3600), "hour");
        return unit(Math.round(value / 86_400), "day");
      },
      number: (value: number): string => format.number(value),
      percent: (share: number): string =>
        format.number(share, { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 }),
      dateTime: (iso: string): string =>
        format.dateTime(new Date(iso), { dateStyle: "medium", timeStyle: "short" }),
      ago: (iso: string, now: Date): string => format.relativeTime(new Date(iso), now),
    };
  }, [locale, format, t]);
}
