// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  clearToasts,
  holdToast,
  releaseToast,
  showProblem,
  showToast,
  useToasts,
} from "@/design/toasts";

const shown = () => renderHook(() => useToasts()).result.current;

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  clearToasts();
  vi.useRealTimers();
});

test("a message goes by itself, a problem stays", () => {
  showToast("Moved");
  showProblem("Not moved", new Error("down"));
  vi.runAllTimers();
  expect(shown().map(({ text }) => text)).toEqual(["Not moved"]);
});

test("a message that is being read stays until it is left", () => {
  showToast("Moved");
  const id = shown()[0]?.id ?? 0;
  holdToast(id);
  vi.runAllTimers();
  expect(shown()).toHaveLength(1);
  releaseToast(id);
  vi.runAllTimers();
  expect(shown()).toEqual([]);
});

test("a problem that was read does not go by itself", () => {
  showProblem("Not moved", new Error("down"));
  const id = shown()[0]?.id ?? 0;
  holdToast(id);
  releaseToast(id);
  vi.runAllTimers();
  expect(shown()).toHaveLength(1);
});
