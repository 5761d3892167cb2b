import { expect, test } from "vitest";
import { ACTS, messageOfAct } from "@/features/account/acts";
import en from "@/i18n/en.json";

test("every act that can be filtered by has words", () => {
  const words = Object.keys(en.security.acts);
  expect(ACTS.filter((act) => !words.includes(messageOfAct(act)))).toEqual([]);
  expect(new Set(ACTS).size).toBe(ACTS.length);
});
