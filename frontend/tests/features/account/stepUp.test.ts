// @vitest-environment jsdom
import { renderHook, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { fresh, StepUpCanceled, useStepUp } from "@/features/account/stepUp";

function stale(times: number): () => Promise<string> {
  let left = times;
  return async () => {
    left -= 1;
    if (left < 0) return "done";
    throw new ApiProblem({ status: 403, code: "reauthentication_required", title: "" });
  };
}

test("two acts wait for one proof, and are then done", async () => {
  const { result } = renderHook(() => useStepUp());
  const acts = Promise.all([fresh(stale(1)), fresh(stale(1))]);
  await waitFor(() => expect(result.current).not.toBeNull());
  result.current?.proved();
  expect(await acts).toEqual(["done", "done"]);
  await waitFor(() => expect(result.current).toBeNull());
});

test("a proof that is not given ends the act, and the next act asks again", async () => {
  const { result } = renderHook(() => useStepUp());
  for (const _ of ["first", "second"]) {
    const act = fresh(stale(1));
    await waitFor(() => expect(result.current).not.toBeNull());
    result.current?.cancel();
    await expect(act).rejects.toBeInstanceOf(StepUpCanceled);
  }
});

test("what is refused for another reason asks for nothing", async () => {
  const { result } = renderHook(() => useStepUp());
  const other = new ApiProblem({ status: 429, code: "rate_limited", title: "" });
  await expect(fresh(() => Promise.reject(other))).rejects.toBe(other);
  expect(result.current).toBeNull();
});

test("a second refusal is passed on: it does not ask for ever", async () => {
  const { result } = renderHook(() => useStepUp());
  const act = fresh(stale(2));
  await waitFor(() => expect(result.current).not.toBeNull());
  result.current?.proved();
  await expect(act).rejects.toMatchObject({ code: "reauthentication_required" });
});
