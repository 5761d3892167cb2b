import { expect, test } from "vitest";
import { earliestExpiry, expiryDay, expiryOf } from "@/features/image/expiry";

const address = (end: number): string => `https://p.test/i/k1/${end}/c2ln/thumb/0190a5b0.webp`;

test("a signed address says itself when it ends", () => {
  expect(expiryOf(address(1_796_000_400))).toEqual(new Date(1_796_000_400_000));
  expect(expiryOf("/i/k1/1796000400/c2ln/w_80,fit_inside,q_80/0190a5b0.webp")).not.toBeNull();
});

test("other addresses do not end", () => {
  for (const url of ["", "https://p.test/", "https://p.test/i/k1/soon/sig/thumb/x.webp"]) {
    expect(expiryOf(url)).toBeNull();
  }
});

test("of several addresses the first to end counts", () => {
  expect(earliestExpiry([address(30), "/favicon.svg", address(20), address(40)])).toEqual(
    new Date(20_000),
  );
  expect(earliestExpiry([])).toBeNull();
});

const at = (day: number, hour: number): Date => new Date(2026, 10, day, hour);

test.each([
  [at(27, 10), at(27, 10), "past"],
  [at(27, 10), at(27, 23), "today"],
  [at(27, 10), at(28, 0), "tomorrow"],
  [at(27, 23), at(28, 23), "tomorrow"],
  [at(27, 23), at(29, 0), "later"],
  [at(30, 10), new Date(2026, 11, 1, 11), "tomorrow"],
])("from %s, %s is %s", (now, end, day) => {
  expect(expiryDay(end, now)).toBe(day);
});
