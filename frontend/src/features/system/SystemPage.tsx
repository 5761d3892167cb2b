import { Button, Skeleton } from "@mantine/core";
import { ChartSpline } from "lucide-react";
import { useNow, useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import { useQuantity } from "@/i18n/useQuantity";
import { grafanaUrl } from "./grafana";
import { PartsPanel } from "./PartsPanel";
import { RolesPanel } from "./RolesPanel";
import { StaffPanels } from "./StaffPanels";
import classes from "./SystemPage.module.css";
import { useStatus } from "./useStatus";

/** Open to everyone: when signing in fails, this page says why. */
export default function SystemPage() {
  const t = useTranslations("system");
  const quantity = useQuantity();
  const now = useNow({ updateInterval: 1000 });
  const { data: status, error, isPending, refetch, dataUpdatedAt } = useStatus();
  const grafana = status && grafanaUrl(status);

  return (
    <div className={classes.page}>
      <PageHeader title={t("title")} lead={t("lead")}>
        {grafana && (
          <Button
            component="a"
            href={grafana}
            target="_blank"
            rel="noreferrer"
            variant="default"
            leftSection={<ChartSpline size={16} aria-hidden />}
          >
            {t("grafana")}
          </Button>
        )}
      </PageHeader>
      {isPending && <Skeleton h={220} />}
      {error && (
        <div className={classes.problem}>
          <ProblemNotice heading={t("failed")} error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {status && (
        <>
          <div className={classes.summary}>
            <div role="status">
              <StateChip
                tone={status.status === "ok" ? "good" : "bad"}
                label={status.status === "ok" ? t("ok") : t("degraded")}
              />
            </div>
            <span>{t("version", { version: status.version })}</span>
            <span className={classes.checked}>
              {t("checked", { time: quantity.ago(new Date(dataUpdatedAt).toISOString(), now) })}
            </span>
          </div>
          <div className={classes.panels}>
            <RolesPanel
              roles={status.roles}
              versions={{
                gateway: status.version,
                ...(status.detail && { images: status.detail.images_version }),
              }}
            />
            <PartsPanel parts={status.parts} />
            {status.detail ? (
              <StaffPanels detail={status.detail} now={now} />
            ) : (
              <p className={`${classes.note} ${classes.wide}`}>{t("staffOnly")}</p>
            )}
          </div>
        </>
      )}
    </div>
  );
}
