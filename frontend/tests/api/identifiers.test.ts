import { expect, test } from "vitest";
import { randomId } from "@/api/identifiers";

test("ids are 128 random bits, written so that a header takes them", () => {
  const ids = Array.from({ length: 100 }, randomId);
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(ids.length);
});
