// @vitest-environment jsdom
import { act, renderHook } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { usePictureRenewal } from "@/model/images/usePictureRenewal";

test("a picture that fails is tried twice more with a new link, then given up until told", async () => {
  const renew = vi.fn(async () => undefined);
  const { result } = renderHook(() => usePictureRenewal(renew));
  for (const round of [1, 2]) {
    await act(async () => result.current.onError());
    expect([result.current.round, result.current.failed]).toEqual([round, false]);
  }
  await act(async () => result.current.onError());
  expect([result.current.round, result.current.failed]).toEqual([2, true]);
  expect(renew).toHaveBeenCalledTimes(2);
  await act(async () => result.current.again());
  expect([result.current.round, result.current.failed]).toEqual([3, false]);
});

test("a link that cannot be had is tried as it is", async () => {
  const { result } = renderHook(() => usePictureRenewal(() => Promise.reject(new Error("down"))));
  await act(async () => result.current.onError());
  expect(result.current.round).toBe(1);
});
