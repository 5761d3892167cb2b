// @vitest-environment jsdom
/** Whatever is done to a library, in whatever order: in the end it shows what the server holds. */
import { QueryClient } from "@tanstack/react-query";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "./fakeServer";
import { dice, LibraryModel } from "./libraryModel";

const RUNS = 100;
const STEPS = 14;
const IMAGES_AT_MOST = 14;
const SLOWEST_MS = 300;
/** To undo is offered for some seconds. */
const BEFORE_THE_OFFER_ENDS_MS = 3000;

let serve: (request: Request) => Promise<Response>;
vi.mock("@/api/transport", () => ({
  authorizedFetch: (request: Request) => serve(request),
}));

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** That there is nothing is never said of a list that holds some, scrolled to its end or not. */
async function check(library: LibraryModel, taken: readonly string[]): Promise<void> {
  await library.rest();
  expect(library.facts[0].isEmpty, taken.join(", ")).toBe(library.facts[1].isEmpty);
  await library.settle();
  expect(library.facts[0], taken.join(", ")).toEqual(library.facts[1]);
}

/** A library of its own whose answers overtake each other. */
function libraryOf(seed: number) {
  const pick = dice(seed);
  const server = new FakeServer();
  for (let left = pick(IMAGES_AT_MOST + 1); left > 0; left -= 1) server.upload();
  serve = async (request) => {
    const answer = await server.answer(request);
    await new Promise((arrived) => setTimeout(arrived, pick(SLOWEST_MS)));
    return answer;
  };
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return { server, pick, library: new LibraryModel(client, server, pick) };
}

test.each(Array.from({ length: RUNS }, (_, seed) => seed))(
  "random changes, seed %i",
  async (seed) => {
    const { pick, library } = libraryOf(seed);
    const names = Object.keys(library.steps);
    await library.settle();
    const taken: string[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const name = names[pick(names.length)] ?? "";
      taken.push(name);
      await library.take(name);
      if (pick(4) === 0) await check(library, taken);
    }
    await check(library, taken);
    library.end();
  },
);

test("all that match are dropped by one action, in several requests, and all come back", async () => {
  const { server, library } = libraryOf(1);
  while (server.images.size < 12) server.upload();
  await library.rest();
  const before = server.listing({});
  await library.take("dropAllMatching");
  await library.rest(BEFORE_THE_OFFER_ENDS_MS);
  expect(server.requests.filter((request) => request === "POST images/actions").length).toBe(3);
  expect(server.listing({ trashed: true }).length).toBeGreaterThan(8);
  await library.take("undo");
  await check(library, ["undo"]);
  expect(server.listing({})).toEqual(before);
  library.end();
});

test("with another count than there is now, nothing is dropped", async () => {
  const { server, library } = libraryOf(1);
  while (server.images.size < 12) server.upload();
  await library.rest();
  await library.take("dropAllWithAnotherCount");
  await check(library, []);
  expect(server.listing({}).length).toBe(12);
  library.end();
});

test("a library of which all that is loaded was dropped shows the rest, and all after undo", async () => {
  const { server, library } = libraryOf(1);
  while (server.images.size < 12) server.upload();
  await library.rest();
  await library.take("dropAllLoaded");
  await library.rest(BEFORE_THE_OFFER_ENDS_MS);
  expect(server.listing({}).length).toBe(8);
  expect(library.facts[0]).toEqual({ ids: server.listing({}).slice(0, 4), isEmpty: false });
  await library.take("undo");
  await check(library, ["undo"]);
  expect(server.listing({}).length).toBe(12);
  library.end();
});
