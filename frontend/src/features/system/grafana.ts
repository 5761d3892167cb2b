import type { Status } from "@/api/shapes";

/**
 * Where the dashboards are, if this deployment has any and the reader may see them. Only a web
 * URL is followed: an operator configures it.
 */
export function grafanaUrl({ links }: Pick<Status, "links">): string | null {
  const grafana = links["grafana"];
  return grafana && /^https?:\/\//.test(grafana) ? grafana : null;
}
