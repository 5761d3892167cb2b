import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { forEachImage } from "@/features/library/bulk";

test("what fails is named and does not stop the rest", async () => {
  const refusal = new ApiProblem({ status: 404, code: "image_not_found", title: "None" });
  const outcome = await forEachImage(["a", "b", "c", "d", "e", "f"], async (id) => {
    if (id === "b" || id === "e") throw refusal;
  });
  expect(outcome.done.sort()).toEqual(["a", "c", "d", "f"]);
  expect(outcome.failed).toEqual(["b", "e"]);
  expect(outcome.firstProblem).toBe(refusal);
});

test("four are under way at a time", async () => {
  let running = 0;
  let most = 0;
  await forEachImage(
    Array.from({ length: 20 }, (_, index) => `${index}`),
    async () => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
    },
  );
  expect(most).toBe(4);
});
