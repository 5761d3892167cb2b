import { expect, test } from "vitest";
import { ApiProblem, asProblem, problemFromBody } from "@/api/problem";

const headers = (entries: Record<string, string>) => (name: string) => entries[name] ?? null;

test("a problem document keeps title, detail, code, request id and field errors", () => {
  const body = JSON.stringify({
    title: "The request is not valid",
    detail: "One field is wrong",
    status: 400,
    code: "invalid",
    request_id: "req-12345678",
    errors: [{ pointer: "/email", code: "invalid", detail: "Not an address" }],
  });
  const problem = problemFromBody(400, body, headers({}));
  expect(problem).toMatchObject({
    status: 400,
    code: "invalid",
    title: "The request is not valid",
    detail: "One field is wrong",
    requestId: "req-12345678",
  });
  expect(problem.errorsAt("email").map(({ code }) => code)).toEqual(["invalid"]);
  expect(problem.errorsAt("name")).toEqual([]);
});

test("a proxy's HTML page still gives the status and the request id of its header", () => {
  const answer = headers({ "X-Request-ID": "edge-1", "Retry-After": "7" });
  const problem = problemFromBody(502, "<h1>Bad Gateway</h1>", answer);
  expect(problem).toMatchObject({
    code: "http_502",
    title: "The server answered 502",
    requestId: "edge-1",
    retryAfterS: 7,
    isTransient: true,
  });
});

test("a refusal is not worth repeating and an outage is", () => {
  const of = (status: number) => new ApiProblem({ status, code: "x", title: "x" }).isTransient;
  expect([0, 429, 500, 503].map(of)).toEqual([true, true, true, true]);
  expect([400, 401, 403, 404, 409, 422].every((status) => !of(status))).toBe(true);
});

test("what is wrong within a list is wrong with its field", () => {
  const errors = ["/tags/3", "/tagsFound", "/tags"].map((pointer) => ({
    pointer,
    code: "invalid",
    detail: "",
  }));
  const problem = new ApiProblem({ status: 400, code: "invalid", title: "", errors });
  expect(problem.errorsAt("tags").map(({ pointer }) => pointer)).toEqual(["/tags/3", "/tags"]);
});

test("a request id is for what has to be mended, not for a wrong password", () => {
  const isFault = (status: number, code: string) =>
    new ApiProblem({ status, code, title: "" }).isFault;
  expect(isFault(401, "invalid_credentials")).toBe(false);
  expect(isFault(415, "unsupported_format")).toBe(false);
  expect(isFault(503, "upstream_unavailable")).toBe(true);
  expect(isFault(418, "http_418")).toBe(true);
});

test("what fetch throws without a connection becomes a network problem", () => {
  expect(asProblem(new TypeError("Failed to fetch")).code).toBe("network_unreachable");
});
