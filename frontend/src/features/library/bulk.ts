/** Does one thing to many images, a few at a time, and tells for which it did not work. */
import { type ApiProblem, asProblem } from "@/api/problem";

export interface BulkOutcome {
  done: string[];
  failed: string[];
  firstProblem: ApiProblem | null;
}

const AT_ONCE = 4;

export async function forEachImage(
  ids: readonly string[],
  act: (id: string) => Promise<unknown>,
): Promise<BulkOutcome> {
  const outcome: BulkOutcome = { done: [], failed: [], firstProblem: null };
  const queue = [...ids];
  const worker = async (): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        await act(id);
        outcome.done.push(id);
      } catch (error) {
        outcome.failed.push(id);
        outcome.firstProblem ??= asProblem(error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return outcome;
}
