// @vitest-environment jsdom
import { beforeEach, expect, test, vi } from "vitest";
import { announceAccess } from "@/api/session/sessionChannel";
import { changeImage } from "@/model/images/imageCalls";

/** A server with one image, where somebody else is faster so many times. */
function serverWith(image: { version: number; tags: string[] }, othersFaster: number): string[][] {
  const saved: string[][] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const request = input as Request;
    const etag = `"${image.version}-0"`;
    if (request.method === "GET") {
      const answer = Response.json(image, { headers: { ETag: etag } });
      if (othersFaster-- > 0)
        Object.assign(image, { version: image.version + 1, tags: ["theirs"] });
      return answer;
    }
    if (request.headers.get("If-Match") !== etag) {
      return Response.json({ code: "precondition_failed" }, { status: 412 });
    }
    image.tags = ((await request.json()) as { tags: string[] }).tags;
    saved.push(image.tags);
    return Response.json(image);
  });
  return saved;
}

const add = (id: string) => changeImage(id, ({ tags }) => ({ tags: [...tags, "mine"] }));

beforeEach(() => {
  vi.restoreAllMocks();
  announceAccess({ token: "e30.eyJzdWIiOiJhIn0.x", expiresAt: Date.now() + 600_000 });
});

test("what somebody else has saved meanwhile is not overwritten", async () => {
  const saved = serverWith({ version: 1, tags: [] }, 1);
  expect((await add("one")).tags).toEqual(["theirs", "mine"]);
  expect(saved).toEqual([["theirs", "mine"]]);
});

test("whoever is always slower is told in the end", async () => {
  const saved = serverWith({ version: 1, tags: [] }, 100);
  await expect(add("two")).rejects.toMatchObject({ code: "precondition_failed" });
  expect(saved).toEqual([]);
});

test("a change that is called off saves nothing", async () => {
  const saved = serverWith({ version: 1, tags: [] }, 0);
  const call = changeImage("three", () => {
    throw new Error("not so");
  });
  await expect(call).rejects.toThrow("not so");
  expect(saved).toEqual([]);
});
