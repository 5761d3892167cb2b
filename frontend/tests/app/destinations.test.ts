import { expect, test } from "vitest";
import { account, currentOf, RAIL_DESTINATIONS } from "@/app/destinations";

test("an image belongs to the library without being its page", () => {
  const [library] = RAIL_DESTINATIONS;
  expect(library && currentOf(library, "/")).toBe("page");
  expect(library && currentOf(library, "/images/0190a5b0")).toBe("true");
  expect(library && currentOf(library, "/imagesque")).toBeUndefined();
  expect(currentOf(account, "/account/")).toBe("page");
});
