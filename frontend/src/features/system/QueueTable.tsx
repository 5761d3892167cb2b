import { useTranslations } from "use-intl";
import type { Status } from "@/api/shapes";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./SystemPage.module.css";

type Queues = NonNullable<Status["detail"]>["queues"];

export function QueueTable({ queues }: { queues: Queues }) {
  const t = useTranslations("system");
  const quantity = useQuantity();
  return (
    <table className={classes.table} data-testid="queues">
      <thead>
        <tr>
          <th scope="col">{t("queue")}</th>
          <th scope="col">{t("depth")}</th>
          <th scope="col">{t("oldest")}</th>
        </tr>
      </thead>
      <tbody>
        {queues.map((queue) => (
          <tr key={queue.name}>
            <td>
              <bdi>{queue.name}</bdi>
            </td>
            <td>{queue.depth === null ? "–" : quantity.number(queue.depth)}</td>
            <td>{queue.oldest_age_s === null ? "–" : quantity.seconds(queue.oldest_age_s)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
