// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, expect, test } from "vitest";
import { useLeafing, useNeighbours } from "@/features/image/useNeighbours";
import { imageListKey, NO_FILTERS } from "@/model/images/imageCache";

afterEach(cleanup);

const listOf = (...pages: string[]) => ({
  pages: pages.map((letters) => ({
    results: [...letters].map((id) => ({ id })),
    nextCursor: null,
  })),
  pageParams: pages.map(() => null),
});

function neighboursOf(id: string) {
  const client = new QueryClient();
  client.setQueryData(imageListKey({ ...NO_FILTERS, q: "sea" }), listOf("xby"), { updatedAt: 1 });
  client.setQueryData(imageListKey(NO_FILTERS), listOf("ab", "cd"), { updatedAt: 2 });
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  return renderHook(() => useNeighbours(id), { wrapper }).result.current;
}

test("the neighbours are those of the list fetched last that holds the image", () => {
  expect(neighboursOf("b")).toEqual({ previous: "a", next: "c" });
  expect(neighboursOf("a")).toEqual({ previous: null, next: "b" });
  expect(neighboursOf("y")).toEqual({ previous: "b", next: null });
  expect(neighboursOf("elsewhere")).toEqual({ previous: null, next: null });
});

function leafing(dir: "ltr" | "rtl") {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MemoryRouter initialEntries={["/images/here"]}>{children}</MemoryRouter>
  );
  const hook = renderHook(
    () => {
      useLeafing({ previous: "before", next: "after" }, dir);
      return useLocation().pathname;
    },
    { wrapper },
  );
  return {
    press: (init: KeyboardEventInit, target: Element = document.body) => {
      fireEvent.keyDown(target, { bubbles: true, ...init });
      return hook.result.current;
    },
  };
}

test.each([
  ["ltr", "ArrowRight", "after"],
  ["ltr", "ArrowLeft", "before"],
  ["rtl", "ArrowRight", "before"],
  ["rtl", "ArrowLeft", "after"],
] as const)("written %s, %s leads to the image %s", (dir, key, image) => {
  expect(leafing(dir).press({ key })).toBe(`/images/${image}`);
});

test("an arrow within a field, or with a modifier, leads nowhere", () => {
  const field = document.body.appendChild(document.createElement("input"));
  const { press } = leafing("ltr");
  expect(press({ key: "ArrowRight" }, field)).toBe("/images/here");
  expect(press({ key: "ArrowRight", altKey: true })).toBe("/images/here");
  field.remove();
});
