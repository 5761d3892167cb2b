// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { ApiProblem, networkProblem } from "@/api/problem";
import type { Image, Job, UploadReply } from "@/api/shapes";
import { type Sendable, UploadAborted } from "@/features/uploads/send";
import { UploadQueue } from "@/features/uploads/uploadQueue";

interface Transfer {
  what: Sendable;
  progress(sent: number, total: number): void;
  succeed(reply?: Partial<UploadReply>): Promise<void>;
  fail(error: Error): Promise<void>;
}

let transfers: Transfer[];
let queue: UploadQueue;
let token: string | null;
let maxBytes: number | null;
let stored: UploadReply[];
/** Pauses that the queue has made, in milliseconds, and the way to end the last one. */
let pauses: number[];
let retried: (id: string) => Promise<unknown>;
let endPause: () => void;

/** Lets every promise that is settled have its say. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
const photo = (name: string) => new File([new Uint8Array(1000)], name, { type: "image/jpeg" });
const phases = () => queue.list().map((upload) => upload.phase);
const runningJob = { id: "job-1", state: "running", progress: { done: 0, total: 8, step: "" } };

function send(what: Sendable, progress: Transfer["progress"]) {
  let abort = (): void => undefined;
  const reply = new Promise<UploadReply>((resolve, reject) => {
    abort = () => reject(new UploadAborted());
    transfers.push({
      what,
      progress,
      succeed: async (fields) => {
        resolve({ image: { id: "image-1" } as Image, job: null, duplicate: false, ...fields });
        await settle();
      },
      fail: async (error) => {
        reject(error);
        await settle();
      },
    });
  });
  return { reply, abort };
}

beforeEach(() => {
  transfers = [];
  stored = [];
  pauses = [];
  retried = async () => runningJob;
  token = "token-1";
  maxBytes = null;
  queue = new UploadQueue({
    token: async () => token,
    renew: async () => token,
    send,
    maxBytes: () => maxBytes,
    stored: (reply) => stored.push(reply),
    retryJob: async (id) => (await retried(id)) as Job,
    pause: (ms) =>
      new Promise((resolve) => {
        pauses.push(ms);
        endPause = resolve;
      }),
    nowMs: () => 0,
  });
});

test("three files are sent at a time, and the next when one is done", async () => {
  queue.add(["a", "b", "c", "d"].map(photo));
  await settle();
  expect(phases()).toEqual(["sending", "sending", "sending", "waiting"]);
  await transfers[0]?.succeed();
  expect(phases()).toEqual(["done", "sending", "sending", "sending"]);
  expect(stored).toHaveLength(1);
});

test("a file that is too large is refused before a byte of it is sent", async () => {
  maxBytes = 999;
  queue.add([photo("a")]);
  await settle();
  expect(transfers).toEqual([]);
  expect(phases()).toEqual(["failed"]);
  expect(queue.list()[0]?.problem?.code).toBe("file_too_large");
  maxBytes = 1000;
  queue.retry(queue.list()[0]?.id ?? "");
  await settle();
  expect(transfers).toHaveLength(1);
});

test("progress counts in proportion to the file, not to the body around it", async () => {
  queue.add([photo("a")]);
  await settle();
  transfers[0]?.progress(600, 1200);
  expect(queue.list()[0]?.sentBytes).toBe(500);
});

test("a canceled file is not sent on and frees its place", async () => {
  queue.add(["a", "b", "c", "d"].map(photo));
  await settle();
  queue.cancel(queue.list()[0]?.id ?? "");
  await settle();
  expect(phases()).toEqual(["canceled", "sending", "sending", "sending"]);
});

test("a refusal is shown, and a retry asks under a new key", async () => {
  queue.add([photo("a")]);
  await settle();
  const refusal = new ApiProblem({ status: 403, code: "quota_exceeded", title: "Full" });
  await transfers[0]?.fail(refusal);
  expect(queue.list()[0]).toMatchObject({ phase: "failed", problem: refusal });
  queue.retry(queue.list()[0]?.id ?? "");
  await settle();
  expect(transfers).toHaveLength(2);
  expect(transfers[1]?.what.key).not.toBe(transfers[0]?.what.key);
});

test("after a lost connection a retry repeats the same request", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.fail(networkProblem());
  expect(phases()).toEqual(["failed"]);
  queue.retry(queue.list()[0]?.id ?? "");
  await settle();
  expect(transfers[1]?.what.key).toBe(transfers[0]?.what.key);
});

test("an access token that ended on the way is renewed once, unseen", async () => {
  queue.add([photo("a")]);
  await settle();
  token = "token-2";
  await transfers[0]?.fail(new ApiProblem({ status: 401, code: "token_expired", title: "" }));
  expect(phases()).toEqual(["sending"]);
  expect(transfers[1]?.what.token).toBe("token-2");
});

test("when the session has ended the file waits and goes on after signing in again", async () => {
  queue.add([photo("a")]);
  await settle();
  token = null;
  await transfers[0]?.fail(new ApiProblem({ status: 401, code: "token_expired", title: "" }));
  expect(phases()).toEqual(["parked"]);
  token = "token-3";
  queue.resume();
  await settle();
  expect(phases()).toEqual(["sending"]);
  expect(transfers[1]?.what.token).toBe("token-3");
});

test("a stored image is ready when its job has succeeded", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.succeed({ job: runningJob as Job });
  expect(phases()).toEqual(["processing"]);
  expect(queue.awaitedJobs()).toEqual(["job-1"]);
  queue.observe([{ ...runningJob, state: "succeeded" } as Job]);
  expect(phases()).toEqual(["done"]);
  expect(queue.awaitedJobs()).toEqual([]);
});

test("a failed job is told with its code", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.succeed({ job: runningJob as Job });
  const error = { code: "image_corrupt", detail: "Bad CRC" };
  queue.observe([{ ...runningJob, state: "failed", error } as Job]);
  expect(queue.list()[0]).toMatchObject({
    phase: "failed",
    problem: { code: "image_corrupt", detail: "Bad CRC" },
  });
});

test("a job that failed for a time is tried again without sending the file again", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.succeed({ job: runningJob as Job });
  const error = { code: "time_limit_exceeded", detail: "" };
  queue.observe([{ ...runningJob, state: "failed", error } as Job]);
  queue.retryAll();
  await settle();
  expect(queue.list()[0]).toMatchObject({ phase: "processing", problem: null });
  expect(transfers).toHaveLength(1);

  queue.observe([{ ...runningJob, state: "failed", error } as Job]);
  const gone = new ApiProblem({ status: 409, code: "job_not_retryable", title: "" });
  retried = async () => Promise.reject(gone);
  queue.retryAll();
  await settle();
  expect(queue.list()[0]).toMatchObject({ phase: "failed", problem: gone });
});

test("retry all sends what may do better and leaves a bad file alone", async () => {
  queue.add(["a", "b"].map(photo));
  await settle();
  const codes = ["image_corrupt", "quota_exceeded"];
  for (const [index, code] of codes.entries()) {
    await transfers[index]?.fail(new ApiProblem({ status: 422, code, title: "" }));
  }
  queue.retryAll();
  await settle();
  expect(phases()).toEqual(["failed", "sending"]);
  expect(transfers).toHaveLength(3);
});

test("clearing keeps failures until they are dismissed", async () => {
  queue.add(["a", "b", "c"].map(photo));
  await settle();
  await transfers[0]?.succeed();
  const corrupt = new ApiProblem({ status: 422, code: "image_corrupt", title: "" });
  await transfers[1]?.fail(corrupt);
  await transfers[2]?.fail(corrupt);
  queue.clearFinished();
  expect(phases()).toEqual(["failed", "failed"]);
  queue.dismiss("upload-2");
  expect(queue.list().map(({ id }) => id)).toEqual(["upload-3"]);
  queue.dismissFailed();
  expect(queue.list()).toEqual([]);
});

test("many jobs that are over are told at once", async () => {
  queue.add(["a", "b", "c"].map(photo));
  await settle();
  for (const [index, transfer] of transfers.entries()) {
    await transfer.succeed({ job: { ...runningJob, id: `job-${index}` } as Job });
  }
  let told = 0;
  queue.subscribe(() => {
    told += 1;
  });
  queue.observe(
    [0, 1, 2].map((n) => ({ ...runningJob, id: `job-${n}`, state: "succeeded" }) as Job),
  );
  expect([phases(), told]).toEqual([["done", "done", "done"], 1]);
});

test("bytes that the library holds already are told as such", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.succeed({ duplicate: true });
  expect(queue.list()[0]).toMatchObject({ phase: "done", duplicate: true });
});

test("signing out drops every file and aborts those under way", async () => {
  queue.add(["a", "b"].map(photo));
  await settle();
  queue.discard();
  await settle();
  expect(queue.list()).toEqual([]);
  expect(stored).toEqual([]);
});

const held = (retryAfterS: number | null = null) =>
  new ApiProblem({ status: 409, code: "idempotency_in_progress", title: "Running", retryAfterS });

async function pauseEnded(): Promise<void> {
  endPause();
  await settle();
}

test("while the first try still holds its key, the same request is repeated under it", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.fail(held(7));
  expect(queue.list()[0]).toMatchObject({ phase: "sending", problem: { status: 409 } });
  expect(pauses).toEqual([7000]);
  await pauseEnded();
  expect(queue.list()[0]).toMatchObject({ phase: "sending", problem: null });
  expect(transfers[1]?.what.key).toBe(transfers[0]?.what.key);
  await transfers[1]?.succeed();
  expect(phases()).toEqual(["done"]);
});

test.each([429, 503])("a %i is waited for, and waiting has an end", async (status) => {
  const refusal = new ApiProblem({ status, code: "busy", title: "Busy" });
  queue.add([photo("a")]);
  await settle();
  for (let tries = 0; phases()[0] === "sending" && tries < 100; tries += 1) {
    await transfers.at(-1)?.fail(refusal);
    if (pauses.length === transfers.length) await pauseEnded();
  }
  expect(queue.list()[0]).toMatchObject({ phase: "failed", problem: refusal });
  expect(pauses.slice(0, 3)).toEqual([1000, 2000, 4000]);
  expect(pauses.reduce((sum, ms) => sum + ms)).toBeLessThanOrEqual(330_000);
});

test("a wait that is longer than anybody would wait is told at once", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.fail(held(3600));
  expect(phases()).toEqual(["failed"]);
});

test("a file canceled during the pause is not sent again", async () => {
  queue.add([photo("a")]);
  await settle();
  await transfers[0]?.fail(held());
  queue.cancel("upload-1");
  await pauseEnded();
  expect(phases()).toEqual(["canceled"]);
  expect(transfers).toHaveLength(1);
});

test("a retry while the canceled try still waits for a token sends once, and can be canceled", async () => {
  const tokens: ((token: string) => void)[] = [];
  queue = new UploadQueue({
    token: () => new Promise((resolve) => tokens.push(resolve)),
    renew: async () => null,
    send,
    maxBytes: () => null,
    stored: (reply) => stored.push(reply),
    retryJob: async (id) => (await retried(id)) as Job,
    pause: async () => undefined,
    nowMs: () => 0,
  });
  queue.add([photo("a")]);
  queue.cancel("upload-1");
  queue.retry("upload-1");
  for (const give of tokens) give("token-1");
  await settle();
  expect(transfers).toHaveLength(1);
  queue.cancel("upload-1");
  await transfers[0]?.succeed();
  expect(phases()).toEqual(["canceled"]);
  expect(stored).toEqual([]);
});
