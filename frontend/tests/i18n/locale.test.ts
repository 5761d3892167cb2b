import { expect, test, vi } from "vitest";
import en from "@/i18n/en.json";
import { loadMessages } from "@/i18n/locale";

test("messages that fail to load are asked for a second time", async () => {
  let asked = 0;
  vi.doMock("@/i18n/en.json", () => {
    asked += 1;
    if (asked === 1) throw new Error("the connection dropped");
    return { default: en };
  });
  expect(await loadMessages("en")).toEqual(en);
  expect(asked).toBe(2);
});
