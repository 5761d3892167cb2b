import { expect, test, vi } from "vitest";
import { MissingCode, Part } from "@/code/part";
import { isThrifty, prefetchParts } from "@/code/prefetch";

const at = () => Promise.resolve();
const failureOf = (part: Part<unknown>) => part.fetch().catch((error: unknown) => error);

test("a failure is told until it is forgotten, then the code is asked for again", async () => {
  const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new TypeError("gone"));
  load.mockResolvedValue("code");
  const part = new Part(load);
  const failure = await failureOf(part);
  expect(await failureOf(part)).toBe(failure);
  expect(load).toHaveBeenCalledTimes(1);
  expect(failure).toBeInstanceOf(MissingCode);

  (failure as MissingCode).forget();

  expect(await part.fetch()).toBe("code");
  expect(part.value).toBe("code");
});

test("failures are counted, except those of a prefetch, which nobody waits for", async () => {
  const part = new Part(() => Promise.reject(new TypeError("gone")));
  await part.prefetch();
  expect(part.isAsked).toBe(false);
  const first = (await failureOf(part)) as MissingCode;
  first.forget();
  const second = (await failureOf(part)) as MissingCode;
  expect([first.failures, second.failures]).toEqual([1, 2]);
});

test("everything is prefetched, also what a part brings with it, and nothing twice", async () => {
  vi.stubGlobal("navigator", { onLine: true });
  const inner = vi.fn(() => Promise.resolve("inner"));
  const outer = vi.fn(async () => {
    new Part(inner);
    return "outer";
  });
  new Part(outer);
  await prefetchParts(new AbortController().signal, at, 0);
  await prefetchParts(new AbortController().signal, at, 0);
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([1, 1]);
});

test("nothing is prefetched offline, or where bytes are to be saved", async () => {
  const load = vi.fn(() => Promise.resolve("code"));
  new Part(load);
  for (const navigator of [{ onLine: false }, { onLine: true, connection: { saveData: true } }]) {
    vi.stubGlobal("navigator", navigator);
    await prefetchParts(new AbortController().signal, at, 0);
  }
  expect(load).not.toHaveBeenCalled();
  expect(isThrifty({ effectiveType: "slow-2g" })).toBe(true);
  expect(isThrifty({ effectiveType: "4g", saveData: false })).toBe(false);
  expect(isThrifty(undefined)).toBe(false);
});
