// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { SELECTED_IDS_MAX } from "@/api/constants.gen";
import type { ImagesChanged } from "@/api/shapes";
import { NO_FILTERS } from "@/model/images/imageCache";
import { actOn, countImages } from "@/model/images/selectionCalls";

type Body = { action: string; selection: Record<string, unknown>; tags?: string[] };

let sent: Body[];
let answers: (Partial<ImagesChanged> | Response)[];
vi.mock("@/api/transport", () => ({
  authorizedFetch: async (request: Request): Promise<Response> => {
    if (request.method === "GET")
      return Response.json({ count: 3, at: new URL(request.url).search });
    sent.push((await request.json()) as Body);
    const answer = answers.shift() ?? {};
    if (answer instanceof Response) return answer;
    return Response.json({ changed: 1, remaining: 0, skipped: [], trashed_at: null, ...answer });
  },
}));

beforeEach(() => {
  sent = [];
  answers = [];
});

const matching = { filters: { ...NO_FILTERS, q: "sea" }, count: 5, except: ["left-out"] };

test("more ids than one request takes are sent in parts", async () => {
  const ids = Array.from({ length: SELECTED_IDS_MAX + 1 }, (_, index) => `id-${index}`);
  const { changed } = await actOn({ ids }, "trash");
  const sizes = sent.map(({ selection }) => (selection["ids"] as string[]).length);
  expect([sizes, changed]).toEqual([[SELECTED_IDS_MAX, 1], 2]);
});

test("a large selection is asked for until nothing remains, and counted down on the way", async () => {
  answers = [{ changed: 3, remaining: 2 }, { changed: 2 }];
  await actOn(matching, "trash");
  expect(sent.map(({ selection }) => selection)).toEqual([
    { filter: { q: "sea" }, expected_count: 5, except_ids: ["left-out"] },
    { filter: { q: "sea" }, expected_count: 2, except_ids: ["left-out"] },
  ]);
});

test("tagged images match as before", async () => {
  answers = [{ changed: 3, remaining: 2 }, { changed: 2 }];
  await actOn(matching, "add_tags", ["sea"]);
  expect(sent.map(({ selection }) => selection["expected_count"])).toEqual([5, 5]);
  expect(sent[0]?.tags).toEqual(["sea"]);
});

test("what was left out is counted by its reason, from the last answer of each selection", async () => {
  const skipped = (count: number) => [{ code: "too_many_tags", count }];
  answers = [{ remaining: 1, skipped: skipped(1) }, { skipped: skipped(2) }];
  const outcome = await actOn(matching, "add_tags", ["sea"]);
  expect([...outcome.skipped]).toEqual([["too_many_tags", 2]]);
});

test("a refusal ends it; what was done before stays done, with the way to undo it", async () => {
  const refusal = Response.json({ code: "selection_changed", count: 9 }, { status: 409 });
  answers = [{ changed: 2, remaining: 3, trashed_at: "2026-01-01T00:00:00Z" }, refusal];
  const { changed, problem, trashedAt } = await actOn(matching, "trash");
  expect([changed, problem?.code, problem?.count]).toEqual([2, "selection_changed", 9]);
  expect(trashedAt).toEqual(["2026-01-01T00:00:00Z"]);
  await actOn({ trashedAt }, "restore");
  expect(sent.at(-1)?.selection).toEqual({ trashed_at: "2026-01-01T00:00:00Z" });
});

test("an answer that changes nothing is the last one", async () => {
  answers = [{ changed: 0, remaining: 5 }];
  await actOn(matching, "trash");
  expect(sent).toHaveLength(1);
});

test("the number of images that match is the server's", async () => {
  expect(await countImages(NO_FILTERS)).toBe(3);
});
