import { expect, test } from "vitest";
import { ConditionalMemory } from "@/api/conditional";

const URL_A = "https://platform.test/api/v1/jobs";

async function remembered(memory: ConditionalMemory): Promise<void> {
  const first = new Response('{"results":[1]}', {
    headers: { ETag: '"v1"', "Content-Type": "application/json" },
  });
  await memory.settle(URL_A, first);
}

test("the second request for a URL carries the ETag of the first reply", async () => {
  const memory = new ConditionalMemory();
  const before = new Headers();
  memory.prepare(URL_A, before);
  expect(before.has("If-None-Match")).toBe(false);
  await remembered(memory);
  const after = new Headers();
  memory.prepare(URL_A, after);
  expect(after.get("If-None-Match")).toBe('"v1"');
});

test("a 304 is answered with the remembered body", async () => {
  const memory = new ConditionalMemory();
  await remembered(memory);
  const settled = await memory.settle(URL_A, new Response(null, { status: 304 }));
  expect(settled.status).toBe(200);
  expect(await settled.json()).toEqual({ results: [1] });
});

test("the length of a 304 is not taken for that of the remembered body", async () => {
  const memory = new ConditionalMemory();
  await remembered(memory);
  const empty = new Response(null, { status: 304, headers: { "Content-Length": "0" } });
  const settled = await memory.settle(URL_A, empty);
  expect(settled.headers.get("Content-Length")).toBeNull();
});

test("nothing is remembered after clear", async () => {
  const memory = new ConditionalMemory();
  await remembered(memory);
  memory.clear();
  const headers = new Headers();
  memory.prepare(URL_A, headers);
  expect(headers.has("If-None-Match")).toBe(false);
});

test("replies beyond the capacity push out the oldest", async () => {
  const memory = new ConditionalMemory();
  await remembered(memory);
  for (let index = 0; index < 200; index += 1) {
    await memory.settle(`${URL_A}/${index}`, new Response("{}", { headers: { ETag: '"x"' } }));
  }
  const headers = new Headers();
  memory.prepare(URL_A, headers);
  expect(headers.has("If-None-Match")).toBe(false);
});
