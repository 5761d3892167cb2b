import { expect, test } from "vitest";
import { problemFromBody } from "@/api/problem";
import { challengeIn, challengeOf } from "@/features/session/challenge";

const refusedWith = (document: object) =>
  problemFromBody(401, JSON.stringify({ code: "second_factor_required", ...document }), () => null);

test("a refusal names the step and the ways to take it", () => {
  const problem = refusedWith({ challenge: "c", methods: ["recovery", "otp", "newer"] });
  expect(challengeOf(problem)).toEqual({ challenge: "c", methods: ["otp", "recovery"] });
});

test("another refusal asks for no step", () => {
  expect(challengeOf(refusedWith({ code: "invalid_credentials", challenge: "c" }))).toBeNull();
  expect(challengeOf(refusedWith({}))).toBeNull();
});

test("a fragment without ways offers all of them", () => {
  expect(challengeIn(new URLSearchParams("challenge=c"))?.methods).toEqual([
    "otp",
    "passkey",
    "recovery",
  ]);
  expect(challengeIn(new URLSearchParams("challenge=c&methods=otp"))?.methods).toEqual(["otp"]);
  expect(challengeIn(new URLSearchParams("sso_error=x"))).toBeNull();
});
