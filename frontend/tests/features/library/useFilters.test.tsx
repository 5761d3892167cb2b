// @vitest-environment jsdom
import { act, cleanup, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";
import { afterEach, expect, test } from "vitest";
import { useFilters } from "@/features/library/useFilters";

afterEach(cleanup);

function filtersAt(address: string) {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
  );
  return renderHook(() => ({ ...useFilters(false), search: useLocation().search }), { wrapper })
    .result;
}

test("filters are read from the URL, and what no filter offers is passed over", () => {
  const { filters } = filtersAt("/?q=sea&tag=a&state=failed&format=heic").current;
  expect(filters).toEqual({ q: "sea", tag: "a", state: "failed", format: "heic", trashed: false });
  const others = filtersAt("/?state=lost&format=doc").current.filters;
  expect([others.state, others.format]).toEqual(["", ""]);
});

test("a filter that is set or emptied changes its part of the URL alone", () => {
  const result = filtersAt("/?q=sea&tag=a");
  act(() => result.current.setFilter("format", "png"));
  expect(result.current.search).toBe("?q=sea&tag=a&format=png");
  act(() => result.current.setFilter("q", ""));
  expect(result.current.search).toBe("?tag=a&format=png");
  act(() => result.current.clearFilters());
  expect(result.current.search).toBe("");
});
