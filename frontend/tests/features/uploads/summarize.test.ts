import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { ordered, summarize } from "@/features/uploads/summarize";
import type { Upload, UploadPhase } from "@/features/uploads/upload";

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
