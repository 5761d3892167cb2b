/** One action on many images, in as many requests as the API wants. */
import { api, unwrap } from "@/api/client";
import { SELECTED_IDS_MAX } from "@/api/constants.gen";
import { type ApiProblem, asProblem } from "@/api/problem";
import type { ImageAction, ImageSelection, ImagesChanged } from "@/api/shapes";
import { filterQuery, type ImageFilters } from "./imageCache";

/** Images by id; all that match, of which the person saw the number; what an action threw away. */
export type Target =
  | { ids: readonly string[] }
  | { filters: ImageFilters; count: number; except: readonly string[] }
  | { trashedAt: readonly string[] };

export interface Outcome {
  changed: number;
  /** How many could not be changed, by the code of the refusal. */
  skipped: ReadonlyMap<string, number>;
  /** The moments that the images thrown away share, one for each request: the way to undo it. */
  trashedAt: readonly string[];
  /** What ended it before its time; what was done until then stays done. */
  problem: ApiProblem | null;
}

export const countImages = async (filters: ImageFilters): Promise<number> => {
  const params = { query: filterQuery(filters) };
  return (await unwrap(api.GET("/api/v1/images/count", { params }))).count;
};

function selectionsOf(target: Target): ImageSelection[] {
  if ("trashedAt" in target) return target.trashedAt.map((moment) => ({ trashed_at: moment }));
  if ("filters" in target) {
    const { filters, count, except } = target;
    const some = except.length > 0 && { except_ids: [...except] };
    return [{ filter: filterQuery(filters), expected_count: count, ...some }];
  }
  const starts = Array.from(
    { length: Math.ceil(target.ids.length / SELECTED_IDS_MAX) },
    (_, part) => part * SELECTED_IDS_MAX,
  );
  return starts.map((start) => ({ ids: target.ids.slice(start, start + SELECTED_IDS_MAX) }));
}

/** What is left of a selection of which `changed` images are done. Tagged images match as before. */
function rest(selection: ImageSelection, action: ImageAction, changed: number): ImageSelection {
  const { expected_count: count } = selection;
  if (count === undefined || action === "add_tags") return selection;
  return { ...selection, expected_count: count - changed };
}

/** The answers to one selection: a large one takes more than one request. */
async function* answers(
  first: ImageSelection,
  action: ImageAction,
  tags: readonly string[],
): AsyncGenerator<ImagesChanged> {
  for (let selection = first; ; ) {
    const body = { action, selection, ...(tags.length > 0 && { tags: [...tags] }) };
    const answer = await unwrap(api.POST("/api/v1/images/actions", { body }));
    yield answer;
    if (answer.remaining === 0 || answer.changed === 0) return;
    selection = rest(selection, action, answer.changed);
  }
}

/** Does it to all of them; a refusal ends it, and is returned with what was done before. */
export async function actOn(
  target: Target,
  action: ImageAction,
  tags: readonly string[] = [],
): Promise<Outcome> {
  const skipped = new Map<string, number>();
  const trashedAt: string[] = [];
  let changed = 0;
  let problem: ApiProblem | null = null;
  try {
    for (const selection of selectionsOf(target)) {
      let last: ImagesChanged | null = null;
      for await (const answer of answers(selection, action, tags)) {
        changed += answer.changed;
        if (answer.trashed_at) trashedAt.push(answer.trashed_at);
        last = answer;
      }
      // Each answer counts all that was left out until then.
      for (const { code, count } of last?.skipped ?? []) {
        skipped.set(code, (skipped.get(code) ?? 0) + count);
      }
    }
  } catch (error) {
    problem = asProblem(error);
  }
  return { changed, skipped, trashedAt, problem };
}
