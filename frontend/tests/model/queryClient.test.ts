// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { sessionStore } from "@/api/session/sessionStore";
import { showToast, useToasts } from "@/design/toasts";
import { queryClient } from "@/model/queryClient";

const accessOf = (subject: string) => ({
  token: `e30.${btoa(JSON.stringify({ sub: subject }))}.x`,
  expiresAt: Date.now() + 600_000,
});
const toastTexts = () => renderHook(() => useToasts()).result.current.map(({ text }) => text);

beforeEach(() => {
  sessionStore.adopt(accessOf("alice"));
  queryClient.setQueryData(["images"], "of Alice");
  showToast("Moved to the trash", { label: "Undo", run: () => undefined });
});

test("the next person finds nothing of the one before", () => {
  sessionStore.refuse();
  sessionStore.adopt(accessOf("bob"));
  expect(queryClient.getQueryData(["images"])).toBeUndefined();
  expect(toastTexts()).toEqual([]);
});

test("the same person finds everything after signing in again", () => {
  sessionStore.refuse();
  sessionStore.adopt(accessOf("alice"));
  expect(queryClient.getQueryData(["images"])).toBe("of Alice");
  expect(toastTexts()).toEqual(["Moved to the trash"]);
});

test("a part that gives no answer makes the overview out of date, which names it", async () => {
  queryClient.setQueryData(["overview"], { unavailable: [] });
  const failing = (status: number) =>
    queryClient
      .fetchQuery({
        queryKey: ["images", status],
        retry: false,
        queryFn: () => Promise.reject(new ApiProblem({ status, code: "x", title: "" })),
      })
      .catch(() => undefined);
  await failing(404);
  expect(queryClient.getQueryState(["overview"])?.isInvalidated).toBe(false);
  await failing(503);
  expect(queryClient.getQueryState(["overview"])?.isInvalidated).toBe(true);
});
