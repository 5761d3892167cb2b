// @vitest-environment jsdom
import { expect, test } from "vitest";
import { unwrap } from "@/api/client";

const answer = (status: number, error: unknown, headers = {}) =>
  Promise.resolve({ error, response: new Response(null, { status, headers }) });

test("the body of a good answer is what comes out", async () => {
  const response = new Response(null, { status: 200 });
  expect(await unwrap(Promise.resolve({ data: { id: "a" }, response }))).toEqual({ id: "a" });
});

test("a refusal is thrown with its code and what it says about waiting", async () => {
  const refused = unwrap(answer(429, { code: "rate_limited" }, { "Retry-After": "7" }));
  await expect(refused).rejects.toMatchObject({ code: "rate_limited", retryAfterS: 7 });
});

test.each([["<html>Bad gateway</html>"], [undefined]])(
  "what is no problem document is a failure with its status: %s",
  async (body) => {
    const failed = unwrap(answer(502, body, { "X-Request-ID": "r-1" }));
    await expect(failed).rejects.toMatchObject({ code: "http_502", requestId: "r-1" });
  },
);
