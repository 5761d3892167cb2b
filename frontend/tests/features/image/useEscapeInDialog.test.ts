// @vitest-environment jsdom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useEscape } from "@/features/image/useEscape";

afterEach(cleanup);

/** Presses Escape in a button of the page, or of a dialog that closes at once, as Mantine's do. */
function leftAfterEscapeIn(html: string): boolean {
  document.body.innerHTML = html;
  const leave = vi.fn();
  renderHook(() => useEscape(leave));
  const close = () => document.querySelector("[role=dialog]")?.remove();
  addEventListener("keydown", close, true);
  const press = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
  document.querySelector("button")?.dispatchEvent(press);
  removeEventListener("keydown", close, true);
  return leave.mock.calls.length > 0;
}

test("Escape leaves the image", () => {
  expect(leftAfterEscapeIn("<main><button></button></main>")).toBe(true);
});

test("Escape that has closed a dialog leaves nothing else", () => {
  expect(leftAfterEscapeIn("<div role=dialog><button></button></div>")).toBe(false);
});
