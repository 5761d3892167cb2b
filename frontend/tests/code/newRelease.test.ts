// @vitest-environment jsdom
import { act, renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const pageOf = (entry: string) => `<!doctype html><script type="module" src="${entry}"></script>`;
const serve = (entry: string) => {
  const asked = vi.fn<typeof fetch>(() => Promise.resolve(new Response(pageOf(entry))));
  vi.stubGlobal("fetch", asked);
  return asked;
};

beforeEach(() => {
  vi.resetModules();
  document.head.innerHTML = '<script type="module" src="/assets/index-a.js"></script>';
});
afterEach(() => vi.unstubAllGlobals());

test("missing code of the same release is no news", async () => {
  serve("/assets/index-a.js");
  const { noticeMissingCode, useNewRelease } = await import("@/code/newRelease");
  await noticeMissingCode();
  expect(renderHook(() => useNewRelease()).result.current).toBe(false);
});

test("code that does not come for a newer release is told, and asked about once", async () => {
  const asked = serve("/assets/index-b.js");
  const { noticeMissingCode, useNewRelease, watchMissingCode } = await import("@/code/newRelease");
  const { result } = renderHook(() => useNewRelease());
  watchMissingCode();
  act(() => void globalThis.dispatchEvent(new Event("vite:preloadError")));
  await waitFor(() => expect(result.current).toBe(true));
  await noticeMissingCode();
  expect(asked).toHaveBeenCalledTimes(1);
});
