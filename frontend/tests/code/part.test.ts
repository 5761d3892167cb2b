import { expect, test, vi } from "vitest";
import { MissingCode, Part } from "@/code/part";

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
