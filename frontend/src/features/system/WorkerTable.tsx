import { useTranslations } from "use-intl";
import type { Status } from "@/api/shapes";
import { StateChip } from "@/design/StateChip";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./SystemPage.module.css";

type Workers = NonNullable<Status["detail"]>["workers"];

export function WorkerTable({ workers, now }: { workers: Workers; now: Date }) {
  const t = useTranslations("system");
  const quantity = useQuantity();
  if (workers.length === 0) return <p className={classes.note}>{t("noWorkers")}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so it takes the focus
    <div role="group" className={classes.scroll} tabIndex={0} aria-label={t("workers")}>
      <table className={classes.table} data-testid="workers">
        <thead>
          <tr>
            <th scope="col">{t("worker")}</th>
            <th scope="col">{t("alive")}</th>
            <th scope="col">{t("concurrency")}</th>
            <th scope="col">{t("lastSeen")}</th>
            <th scope="col">{t("versionColumn")}</th>
          </tr>
        </thead>
        <tbody>
          {workers.map((worker) => (
            <tr key={worker.name}>
              <td>
                <bdi>{worker.name}</bdi>
              </td>
              <td>
                <StateChip
                  tone={worker.alive ? "good" : "bad"}
                  label={worker.alive ? t("alive") : t("gone")}
                />
              </td>
              <td>{quantity.number(worker.concurrency)}</td>
              <td>{quantity.ago(worker.last_seen_at, now)}</td>
              <td>
                <bdi>{worker.version}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
