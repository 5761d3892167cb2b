// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { showStartFailure } from "@/app/startFailure";

test("a start that failed is told in both languages, and made again when the network is back", () => {
  const root = document.createElement("div");
  const reload = vi.fn();
  showStartFailure(root, reload);
  expect([...root.querySelectorAll("p")].map(({ lang }) => lang)).toEqual(["en", "ar"]);
  root.querySelector("button")?.click();
  globalThis.dispatchEvent(new Event("online"));
  globalThis.dispatchEvent(new Event("online"));
  expect(reload).toHaveBeenCalledTimes(2);
});
