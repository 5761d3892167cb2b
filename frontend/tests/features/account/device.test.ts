import { expect, test } from "vitest";
import { deviceName } from "@/features/account/device";

test("a user agent is shortened to browser and system", () => {
  expect(deviceName("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0")).toBe(
    "Firefox, Linux",
  );
  expect(
    deviceName(
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
    ),
  ).toBe("Edge, Windows");
});

test("an unknown agent keeps its own words, and none stays none", () => {
  expect(deviceName("photo-sync/2")).toBe("photo-sync/2");
  expect(deviceName("")).toBeNull();
});
