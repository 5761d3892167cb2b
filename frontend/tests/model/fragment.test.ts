// @vitest-environment jsdom
import { expect, test } from "vitest";
import { dropFragment, takeFragment } from "@/model/fragment";

test("a token is taken out of the address, and read as often as the page is rendered", () => {
  history.replaceState({ key: "kept" }, "", "/reset-password?x=1#token=abc");
  expect(takeFragment().get("token")).toBe("abc");
  expect(location.href).not.toContain("abc");
  expect(location.search).toBe("?x=1");
  expect(history.state).toEqual({ key: "kept" });
  expect(takeFragment().get("token")).toBe("abc");
});

test("another page does not get it, and nobody after its use", () => {
  history.replaceState(null, "", "/verify-email");
  expect(takeFragment().get("token")).toBeNull();
  history.replaceState(null, "", "/reset-password");
  expect(takeFragment().get("token")).toBe("abc");
  dropFragment();
  expect(takeFragment().get("token")).toBeNull();
});
