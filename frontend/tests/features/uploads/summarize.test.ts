import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { ordered, summarize } from "@/features/uploads/summarize";
import { canRetry, FINAL_CODES, type Upload, type UploadPhase } from "@/features/uploads/upload";

const upload = (id: string, phase: UploadPhase, code = ""): Upload => ({
  id,
  phase,
  file: new File(["12345"], `${id}.jpg`),
  key: id,
  sentBytes: 5,
  speed: null,
  problem: code ? new ApiProblem({ status: 422, code, title: "" }) : null,
  image: null,
  job: null,
  duplicate: false,
});

test("a failure is counted as one, and never among the finished", () => {
  const list = [
    ...Array.from({ length: 12 }, (_, index) => upload(`good-${index}`, "done")),
    upload("bad-1", "failed", "image_corrupt"),
    upload("bad-2", "failed", "unsupported_format"),
    upload("bad-3", "failed", "quota_exceeded"),
    upload("left", "canceled"),
  ];
  expect(summarize(list)).toMatchObject({
    total: 15,
    done: 12,
    failed: 3,
    retryable: 1,
    clearable: true,
    finished: true,
  });
});

test("with nothing but failures there is nothing to clear", () => {
  expect(summarize([upload("a", "failed", "image_corrupt")])).toMatchObject({
    clearable: false,
    finished: true,
  });
});

test("failures come first, then what is under way, each in its order", () => {
  const list = [
    upload("a", "done"),
    upload("b", "sending"),
    upload("c", "failed"),
    upload("d", "waiting"),
    upload("e", "failed"),
  ];
  expect(ordered(list).map(({ id }) => id)).toEqual(["c", "e", "b", "d", "a"]);
});

test("every refusal of a file by the server is one that no retry helps against", () => {
  const errors = readFileSync(join(import.meta.dirname, "../../../../images/errors.py"), "utf8");
  const named = /UPLOAD_REFUSALS[^(]*for refusal in \(([^)]*)\)/.exec(errors)?.[1] ?? "";
  const classes = [...named.matchAll(/\w+/g)].map(([name]) => name);
  const codes = classes.map(
    (name) => new RegExp(`class ${name}\\(.*?code = "(\\w+)"`, "s").exec(errors)?.[1] ?? name,
  );
  expect(codes.length).toBeGreaterThan(5);
  expect(codes.filter((code) => !FINAL_CODES.has(code))).toEqual([]);
  expect(canRetry(upload("a", "failed", codes[0]))).toBe(false);
  expect(canRetry(upload("a", "failed", "storage_unavailable"))).toBe(true);
});
