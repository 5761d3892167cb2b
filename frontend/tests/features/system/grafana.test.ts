import { expect, test } from "vitest";
import { grafanaUrl } from "@/features/system/grafana";

test("the dashboards' address is followed when it is a web address", () => {
  expect(grafanaUrl({ links: { grafana: "https://grafana.test/" } })).toBe("https://grafana.test/");
});

test("without a configured address there is no link", () => {
  expect(grafanaUrl({ links: {} })).toBeNull();
  expect(grafanaUrl({ links: { grafana: "" } })).toBeNull();
});

test("a script is not an address", () => {
  expect(grafanaUrl({ links: { grafana: "javascript:alert(1)" } })).toBeNull();
});
