import { expect, test } from "vitest";
import { cursorOf } from "@/api/cursor";

test("the cursor is taken out of the next page's URL", () => {
  expect(cursorOf("https://platform.test/api/v1/images?limit=50&cursor=a%2Bb%3D")).toBe("a+b=");
});

test("the last page has no cursor", () => {
  expect(cursorOf(null)).toBeNull();
  expect(cursorOf("https://platform.test/api/v1/images?limit=50")).toBeNull();
});
