import { expect, test } from "vitest";
import { placeName } from "@/features/account/place";

test("a country has its name in the reader's language, and a city the one it came with", () => {
  const leipzig = { city: "Leipzig", country: "DE" };
  expect(placeName(leipzig, "en")).toEqual({ city: "Leipzig", country: "Germany" });
  expect(placeName(leipzig, "ar").country).toBe("ألمانيا");
});

test("what is not known stays as it came", () => {
  for (const country of ["", "XX1", "no code"]) {
    expect(placeName({ city: "Leipzig", country }, "en").country).toBe(country);
  }
});
