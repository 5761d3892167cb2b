// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import { useSelection } from "@/features/library/useSelection";

test("shift selects the range from the one last toggled", () => {
  const { result } = renderHook(() => useSelection(["a", "b", "c", "d", "e"]));
  act(() => result.current.toggle("b", false));
  act(() => result.current.toggle("d", true));
  expect([...result.current.selected]).toEqual(["b", "c", "d"]);
});

test("toggling twice leaves nothing selected", () => {
  const { result } = renderHook(() => useSelection(["a", "b"]));
  act(() => result.current.toggle("a", false));
  act(() => result.current.toggle("a", false));
  expect(result.current.selected.size).toBe(0);
});

test("an image that has left the list is not selected", () => {
  const { result, rerender } = renderHook(({ ids }) => useSelection(ids), {
    initialProps: { ids: ["a", "b"] },
  });
  act(() => result.current.selectAll());
  rerender({ ids: ["b"] });
  expect([...result.current.selected]).toEqual(["b"]);
});
