import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { Patience } from "@/features/uploads/patience";

const refused = (status: number, code = "", retryAfterS: number | null = null) =>
  new ApiProblem({ status, code, title: "", retryAfterS });

test("pauses double up to half a minute, and never undercut what the server asks", () => {
  const patience = new Patience();
  const pauses = Array.from({ length: 7 }, () => patience.pauseMs(refused(503)));
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  expect(new Patience().pauseMs(refused(429, "rate_limited", 7))).toBe(7000);
});

test("waiting has an end", () => {
  const patience = new Patience();
  let waitedMs = 0;
  for (let pause = patience.pauseMs(refused(503)); pause !== null; ) {
    waitedMs += pause;
    pause = patience.pauseMs(refused(503));
  }
  expect(waitedMs).toBeGreaterThan(300_000); // as long as a key of a cut request is kept
  expect(waitedMs).toBeLessThanOrEqual(330_000);
  expect(new Patience().pauseMs(refused(503, "", 3600))).toBeNull();
});

test("what is refused for good is not waited for", () => {
  const pause = (error: unknown) => new Patience().pauseMs(error);
  expect(pause(refused(409, "idempotency_in_progress"))).toBe(1000);
  expect(pause(refused(409, "image_exists"))).toBeNull();
  expect(pause(refused(413, "file_too_large"))).toBeNull();
  expect(pause(new TypeError("Failed to fetch"))).toBeNull();
});
