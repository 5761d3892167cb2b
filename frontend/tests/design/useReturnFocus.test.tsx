// @vitest-environment jsdom
import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { useReturnFocus } from "@/design/useReturnFocus";

afterEach(cleanup);

function Dialog() {
  useReturnFocus();
  return (
    // biome-ignore lint/a11y/noAutofocus: a dialog takes the focus
    <input aria-label="inside" autoFocus />
  );
}

function Page({ open }: { open: boolean }) {
  return (
    <>
      <button type="button">open</button>
      <input aria-label="elsewhere" />
      {open && <Dialog />}
    </>
  );
}

test("a dialog that goes away gives the focus back to what opened it", () => {
  const { rerender } = render(<Page open={false} />);
  const opener = screen.getByRole("button");
  opener.focus();
  rerender(<Page open />);
  expect(document.activeElement).toBe(screen.getByLabelText("inside"));
  rerender(<Page open={false} />);
  expect(document.activeElement).toBe(opener);
});

test("what has taken the focus meanwhile keeps it", () => {
  const { rerender } = render(<Page open={false} />);
  screen.getByRole("button").focus();
  rerender(<Page open />);
  screen.getByLabelText("elsewhere").focus();
  rerender(<Page open={false} />);
  expect(document.activeElement).toBe(screen.getByLabelText("elsewhere"));
});
