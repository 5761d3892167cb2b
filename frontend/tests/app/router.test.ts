// @vitest-environment jsdom
import type { RouteObject } from "react-router";
import { expect, test } from "vitest";
import { account, currentOf, RAIL_DESTINATIONS, TAB_DESTINATIONS } from "@/app/destinations";
import type { PageHandle } from "@/app/pageHandle";
import { router } from "@/app/router";
import ar from "@/i18n/ar.json";
import en from "@/i18n/en.json";

const pagesOf = (routes: RouteObject[]): RouteObject[] =>
  routes.flatMap((route) => (route.children ? pagesOf(route.children) : [route]));
const pages = pagesOf(router.routes as RouteObject[]);

/** Without the frame of the navigation: ways to sign in, and links of mails. */
const OUTSIDE = [
  ...["/sign-in", "/register", "/forgot-password", "/reset-password"],
  ...["/verify-email", "/confirm-email", "*"],
];

function messageAt(messages: object, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], messages);
}

test.each([
  ["English", en],
  ["Arabic", ar],
])("every page has a title of its own in %s", (_, messages) => {
  const titles = pages.map(({ handle }) => messageAt(messages, (handle as PageHandle).title));
  expect(titles.every((title) => typeof title === "string" && title !== "")).toBe(true);
  expect(new Set(titles).size).toBe(pages.length);
});

test("every page for somebody signed in is, or belongs to, one place of the navigation", () => {
  const paths = pages.flatMap(({ path, index }) => (index ? "/" : (path ?? [])));
  const signedIn = paths.filter((path) => !OUTSIDE.includes(path));
  for (const path of signedIn) {
    const at = path.replace(":imageId", "0190a5b0");
    const current = TAB_DESTINATIONS.filter((place) => currentOf(place, at));
    expect([path, current.length]).toEqual([path, 1]);
  }
  const inRail = [...RAIL_DESTINATIONS, account].map(({ to }) => to).sort();
  expect(inRail).toEqual(TAB_DESTINATIONS.map(({ to }) => to).sort());
});
