// @vitest-environment jsdom
import { expect, test } from "vitest";
import { isForTyping } from "@/features/uploads/DropSurface";

const pasted = (tag: string, types: string[]) =>
  ({ target: document.createElement(tag), clipboardData: { types } }) as unknown as ClipboardEvent;

test.each([
  ["input", ["text/plain", "Files"], true],
  ["textarea", ["text/plain", "Files"], true],
  ["input", ["Files"], false],
  ["main", ["text/plain", "Files"], false],
])("pasted into %s as %j", (tag, types, typing) => {
  expect(isForTyping(pasted(tag, types))).toBe(typing);
});
