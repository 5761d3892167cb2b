// @vitest-environment jsdom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sessionStore } from "@/api/session/sessionStore";
import type { Image } from "@/api/shapes";
import { useSelection } from "@/features/library/useSelection";
import { type ImageFilters, NO_FILTERS } from "@/model/images/imageCache";
import type { useImages } from "@/model/images/useImages";

type List = ReturnType<typeof useImages>;

/** A list of images named by letters, newest first. */
function listOf(letters: string, hasNextPage = false): List {
  const images = [...letters].map(
    (id) => ({ id, created_at: `2026-01-${100 - id.charCodeAt(0) + 23}` }) as Image,
  );
  return { images, hasNextPage, isPending: false } as List;
}

const accessOf = (subject: string) => ({
  token: `e30.${btoa(JSON.stringify({ sub: subject }))}.x`,
  expiresAt: Date.now() + 600_000,
});

function selecting(list: List, filters: ImageFilters = NO_FILTERS) {
  const hook = renderHook((shown: List) => useSelection(filters, shown), { initialProps: list });
  const letters = () =>
    list.images
      .map(({ id }) => id)
      .filter((id) => hook.result.current.has(id))
      .join("");
  return { ...hook, letters };
}

beforeEach(() => {
  sessionStore.adopt(accessOf("bob"));
  sessionStore.adopt(accessOf("alice"));
});

afterEach(cleanup);

test("shift selects the range from the one last toggled", () => {
  const { result, letters } = selecting(listOf("abcde"));
  act(() => result.current.toggle("b", false));
  act(() => result.current.toggle("d", true));
  expect(letters()).toBe("bcd");
});

test("toggling twice leaves nothing selected", () => {
  const { result } = selecting(listOf("ab"));
  act(() => result.current.toggle("a", false));
  act(() => result.current.toggle("a", false));
  expect(result.current.count).toBe(0);
});

test("an image that has left the list is not selected, nor when it comes back", () => {
  const { result, rerender, letters } = selecting(listOf("ab"));
  act(() => result.current.selectLoaded());
  rerender(listOf("b"));
  expect([letters(), result.current.count]).toEqual(["b", 1]);
  rerender(listOf("ab"));
  expect(letters()).toBe("b");
});

test("an image beyond what is loaded stays selected", () => {
  const { result, rerender } = selecting(listOf("abcd"));
  act(() => result.current.selectLoaded());
  rerender(listOf("ac", true));
  expect(result.current.target).toEqual({ ids: ["a", "c", "d"] });
});

test("a selection is there again when one comes back to the view, and in no other", () => {
  const first = selecting(listOf("abc"));
  act(() => first.result.current.toggle("b", false));
  first.unmount();
  expect(selecting(listOf("abc")).letters()).toBe("b");
  expect(selecting(listOf("abc"), { ...NO_FILTERS, q: "a" }).result.current.count).toBe(0);
});

test("the next person finds nothing selected", () => {
  const { result } = selecting(listOf("ab"));
  act(() => result.current.selectLoaded());
  act(() => sessionStore.adopt(accessOf("bob")));
  expect(result.current.count).toBe(0);
});

test("all that match are selected by their number, but for those taken out again", () => {
  const { result, letters } = selecting(listOf("abcd", true));
  act(() => result.current.selectLoaded());
  expect([result.current.count, result.current.isPart]).toEqual([4, true]);
  act(() => result.current.selectAll(308));
  expect([result.current.count, result.current.isPart, result.current.isAll]).toEqual([
    308,
    false,
    true,
  ]);
  act(() => result.current.toggle("b", false));
  expect([letters(), result.current.count]).toEqual(["acd", 307]);
  expect(result.current.target).toEqual({ filters: NO_FILTERS, count: 308, except: ["b"] });
});

test("where all is loaded, nothing more is offered", () => {
  const { result } = selecting(listOf("abcd"));
  act(() => result.current.selectLoaded());
  expect(result.current.isPart).toBe(false);
});
