import { expect, test } from "vitest";
import { returnPath } from "@/features/session/returnPath";

test("a path of this site is gone back to", () => {
  expect(returnPath("/images/1?tag=a")).toBe("/images/1?tag=a");
});

test("an address of another site is not", () => {
  for (const hostile of [
    "https://evil.test",
    "//evil.test",
    "/\\evil.test",
    "javascript:x",
    "",
    null,
  ]) {
    expect(returnPath(hostile)).toBe("/");
  }
});
