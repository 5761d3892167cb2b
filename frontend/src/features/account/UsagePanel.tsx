import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { Meter } from "@/design/Meter";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./UsagePanel.module.css";

export function UsagePanel() {
  const t = useTranslations();
  const quantity = useQuantity();
  const {
    data: usage,
    isPending,
    error,
    refetch,
  } = useQuery({ queryKey: ["usage"], queryFn: () => unwrap(api.GET("/api/v1/usage")) });
  const text =
    usage &&
    t("quantity.used", {
      used: quantity.bytes(usage.bytes),
      limit: quantity.bytes(usage.limit_bytes),
    });
  return (
    <Panel title={t("account.usage")}>
      {isPending && <Skeleton h={56} />}
      {error && (
        <ProblemNotice
          heading={t("account.usageFailed")}
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {usage && text && (
        <>
          <p className={classes.number}>{text}</p>
          <Meter
            label={t("account.usageMeter")}
            value={usage.bytes}
            max={usage.limit_bytes}
            text={text}
          />
          <p className={classes.note}>
            {t("account.usageImages", { count: usage.images })}
            {usage.reserved_bytes > 0 &&
              ` · ${t("account.usageReserved", { amount: quantity.bytes(usage.reserved_bytes) })}`}
          </p>
        </>
      )}
    </Panel>
  );
}
