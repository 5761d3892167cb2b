import { useTranslations } from "use-intl";
import type { Status } from "@/api/shapes";
import { Panel } from "@/design/Panel";
import { StateChip } from "@/design/StateChip";
import { useQuantity } from "@/i18n/useQuantity";
import { QueueTable } from "./QueueTable";
import classes from "./SystemPage.module.css";
import { WorkerTable } from "./WorkerTable";

type Detail = NonNullable<Status["detail"]>;

/** The numbers behind the summary, for staff. */
export function StaffPanels({ detail, now }: { detail: Detail; now: Date }) {
  const t = useTranslations("system");
  const quantity = useQuantity();
  const { storage, jobs } = detail;
  const { bytes, images, latency_ms: latencyMs } = storage;
  const answers =
    latencyMs == null ? t("roleOk") : t("storageOk", { latency: quantity.milliseconds(latencyMs) });
  const counts = [
    { label: t("jobsQueued"), value: jobs.queued, bad: false },
    { label: t("jobsRunning"), value: jobs.running, bad: false },
    { label: t("jobsSucceeded"), value: jobs.succeeded_24h, bad: false },
    { label: t("jobsFailed"), value: jobs.failed_24h, bad: (jobs.failed_24h ?? 0) > 0 },
  ];
  return (
    <>
      <Panel title={t("storage")}>
        <ul className={classes.list}>
          <li>
            <span>
              {bytes != null && images != null
                ? t("storageHolds", { bytes: quantity.bytes(bytes), images })
                : t("storage")}
            </span>
            <StateChip
              tone={storage.ok ? "good" : "bad"}
              label={storage.ok ? answers : t("storageDown")}
            />
          </li>
        </ul>
      </Panel>
      <Panel title={t("jobs")}>
        <dl className={classes.numbers}>
          {counts.map(({ label, value, bad }) => (
            <div key={label} data-bad={bad || undefined}>
              <dt>{label}</dt>
              <dd>{value === null ? "–" : quantity.number(value)}</dd>
            </div>
          ))}
        </dl>
      </Panel>
      <div className={classes.wide}>
        <Panel title={t("queues")}>
          <QueueTable queues={detail.queues} />
        </Panel>
      </div>
      <div className={classes.wide}>
        <Panel title={t("workers")}>
          <WorkerTable workers={detail.workers} now={now} />
        </Panel>
      </div>
    </>
  );
}
