import { expect, test } from "vitest";
import { isActive } from "@/model/jobs/isActive";

test.each([
  ["queued", true],
  ["running", true],
  ["succeeded", false],
  ["failed", false],
  ["canceled", false],
])("whether something may still happen to a job that is %s: %s", (state, expected) => {
  expect(isActive({ state })).toBe(expected);
});
