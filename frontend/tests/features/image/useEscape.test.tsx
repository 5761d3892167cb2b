// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { useEscape } from "@/features/image/useEscape";

afterEach(() => document.body.replaceChildren());

function escaped(target: Element = document.body): boolean {
  const leave = vi.fn();
  const { unmount } = renderHook(() => useEscape(leave));
  target.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  unmount();
  return leave.mock.calls.length === 1;
}

function added(html: string): Element {
  document.body.insertAdjacentHTML("beforeend", html);
  return document.body.lastElementChild as Element;
}

test("Escape leads back from the page and from its buttons", () => {
  expect(escaped()).toBe(true);
  expect(escaped(added("<button>Enlarge</button>"))).toBe(true);
});

test("Escape belongs to a field that is edited", () => {
  for (const field of ["<input>", "<textarea></textarea>", "<select></select>"]) {
    expect(escaped(added(field))).toBe(false);
  }
});

test.each(["dialog", "alertdialog", "menu", "listbox"])(
  "Escape closes an open %s first",
  (role) => {
    const open = added(`<div role="${role}"><button>x</button></div>`);
    expect(escaped()).toBe(false);
    // It is gone before the event comes up again, as in React.
    open.addEventListener("keydown", () => open.remove());
    expect(escaped(open)).toBe(false);
  },
);
