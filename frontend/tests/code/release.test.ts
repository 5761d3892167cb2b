// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askServer, isLeavingLossy, reloadOnce } from "@/code/release";

const pageOf = (entry: string) =>
  `<!doctype html><script type="module" crossorigin src="${entry}"></script><div id="root"></div>`;
const serve = (answer: Response | Error) => {
  const asked = vi.fn<typeof fetch>(() =>
    answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer.clone()),
  );
  vi.stubGlobal("fetch", asked);
  return asked;
};

beforeEach(() => {
  document.head.innerHTML = '<script type="module" src="/assets/index-a.js"></script>';
  sessionStorage.clear();
});
afterEach(() => vi.unstubAllGlobals());

test("the server's page tells its release, asked for past every cache", async () => {
  const asked = serve(new Response(pageOf("/assets/index-a.js")));
  expect(await askServer()).toEqual({ state: "same", entry: "/assets/index-a.js" });
  expect(asked.mock.calls[0]?.[1]?.cache).toBe("no-store");
  serve(new Response(pageOf("/assets/index-b.js")));
  expect(await askServer()).toEqual({ state: "newer", entry: "/assets/index-b.js" });
});

test.each([
  ["no answer", new TypeError("Failed to fetch")],
  ["an outage", new Response(pageOf("/assets/index-b.js"), { status: 503 })],
  ["the page of a hotel's network", new Response("<h1>Welcome, please sign in</h1>")],
])("%s is no other release", async (_, answer) => {
  serve(answer);
  expect(await askServer()).toEqual({ state: "unreachable", entry: null });
});

test("nobody is asked while the browser says that it is offline", async () => {
  const asked = serve(new Response(pageOf("/assets/index-b.js")));
  vi.spyOn(navigator, "onLine", "get").mockReturnValueOnce(false);
  expect((await askServer()).state).toBe("unreachable");
  expect(asked).not.toHaveBeenCalled();
});

test("a release is reloaded into once", () => {
  const reload = vi.fn();
  expect(reloadOnce("/assets/index-b.js", reload)).toBe(true);
  expect(reloadOnce("/assets/index-b.js", reload)).toBe(false);
  expect(reloadOnce("/assets/index-c.js", reload)).toBe(true);
  expect(reload).toHaveBeenCalledTimes(2);
});

test("leaving loses something when somebody objects to it", () => {
  expect(isLeavingLossy()).toBe(false);
  const object = (event: Event) => event.preventDefault();
  globalThis.addEventListener("beforeunload", object);
  expect(isLeavingLossy()).toBe(true);
  globalThis.removeEventListener("beforeunload", object);
});
