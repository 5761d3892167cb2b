// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { queryClient } from "@/app/queryClient";
import { showToast, useToasts } from "@/design/toasts";
import { sessionStore } from "@/features/session/sessionStore";

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
