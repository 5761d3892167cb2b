// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { keepPlace, placeAt } from "@/features/library/places";

const place = (top: number) => ({ top, count: 7, opened: null });

beforeEach(() => sessionStorage.clear());

test("each entry of the history has a place of its own", () => {
  keepPlace("one", place(10));
  keepPlace("two", place(20));
  keepPlace("one", place(30));
  expect([placeAt("one"), placeAt("two"), placeAt("three")]).toEqual([place(30), place(20), null]);
});

test("the oldest places are forgotten", () => {
  for (let entry = 0; entry < 60; entry += 1) keepPlace(`${entry}`, place(entry));
  expect([placeAt("9"), placeAt("10")]).toEqual([null, place(10)]);
});

test("what cannot be read is no place", () => {
  sessionStorage.setItem("library-places", "{");
  expect(placeAt("one")).toBeNull();
});
