/**
 * Where the dashboards are, if this deployment has any: `links.grafana` of the status, which an
 * operator may configure. Only a web address is followed.
 */
export function grafanaUrl(status: object): string | null {
  const links: unknown = "links" in status ? status.links : null;
  if (links === null || typeof links !== "object" || !("grafana" in links)) return null;
  const { grafana } = links;
  return typeof grafana === "string" && /^https?:\/\//.test(grafana) ? grafana : null;
}
