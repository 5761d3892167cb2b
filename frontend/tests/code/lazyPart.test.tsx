// @vitest-environment jsdom
import { MantineProvider } from "@mantine/core";
import { act, cleanup, render, screen } from "@testing-library/react";
import { type ReactNode, Suspense, useState } from "react";
import { IntlProvider } from "use-intl";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lazyDialog, lazyPart } from "@/code/lazyPart";
import { PageBoundary } from "@/code/PageBoundary";
import { parts } from "@/code/part";
import * as release from "@/code/release";
import { useToasts } from "@/design/toasts";
import messages from "@/i18n/en.json";

vi.mock("@/code/release");
const server = vi.mocked(release);
const gone = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
const arrived = { default: () => <p>the page</p> };

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubGlobal("matchMedia", () => ({
    matches: false,
    addEventListener() {},
    removeEventListener() {},
  }));
  server.reloadOnce.mockReturnValue(true);
  server.isLeavingLossy.mockReturnValue(false);
  server.askServer.mockResolvedValue({ state: "unreachable", entry: null });
});
afterEach(() => {
  cleanup();
  vi.resetAllMocks();
  vi.useRealTimers();
});

function Frame({ children }: { children: ReactNode }) {
  return (
    <IntlProvider locale="en" messages={messages} timeZone="UTC">
      <MantineProvider>
        <nav>around</nav>
        <Suspense fallback="loading">{children}</Suspense>
      </MantineProvider>
    </IntlProvider>
  );
}

const shown = async (children: ReactNode) => {
  const view = await act(async () => render(<Frame>{children}</Frame>));
  expect(screen.getByText("around")).toBeDefined();
  return view;
};
const online = () => act(async () => void globalThis.dispatchEvent(new Event("online")));

test("a page whose code has come already is there at once, without its fallback", async () => {
  const known = new Set(parts);
  const Page = lazyPart(() => Promise.resolve(arrived));
  for (const part of parts) if (!known.has(part)) await part.prefetch();
  render(<Frame>{<Page />}</Frame>);
  expect(screen.getByText("the page")).toBeDefined();
});

test("a page waits for the network, and opens when it is back", async () => {
  const load = vi.fn<() => Promise<typeof arrived>>(gone);
  const Page = lazyPart(load);
  await shown(<Page />);
  expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Waiting for the network");
  expect(document.title).toBe("Waiting for the network · Image Platform");
  expect(load).toHaveBeenCalledTimes(1);

  load.mockResolvedValue(arrived);
  server.askServer.mockResolvedValue({ state: "same", entry: "a" });
  await online();
  expect(screen.getByText("the page")).toBeDefined();
  expect(server.reloadOnce).not.toHaveBeenCalled();
});

test("the network is asked after without an event too: not every browser notices", async () => {
  vi.useFakeTimers();
  const load = vi.fn<() => Promise<typeof arrived>>(gone);
  const Page = lazyPart(load);
  await shown(<Page />);
  load.mockResolvedValue(arrived);
  server.askServer.mockResolvedValue({ state: "same", entry: "a" });
  await act(async () => vi.advanceTimersByTimeAsync(5000));
  expect(screen.getByText("the page")).toBeDefined();
});

test("in a newer release the page is opened by one reload", async () => {
  server.askServer.mockResolvedValue({ state: "newer", entry: "b" });
  const Page = lazyPart(gone);
  await shown(<Page />);
  expect(server.reloadOnce.mock.calls).toEqual([["b"]]);
});

test("a reload that did not help is not made again: the reader is asked", async () => {
  server.askServer.mockResolvedValue({ state: "newer", entry: "b" });
  server.reloadOnce.mockReturnValue(false);
  const Page = lazyPart(gone);
  await shown(<Page />);
  expect(screen.getByText("This page could not be loaded")).toBeDefined();
  expect(screen.getByRole("button", { name: "Reload the page" })).toBeDefined();
});

test("uploads are not lost to a newer release: it reloads when they are over", async () => {
  vi.useFakeTimers();
  server.askServer.mockResolvedValue({ state: "newer", entry: "b" });
  server.isLeavingLossy.mockReturnValue(true);
  const Page = lazyPart(gone);
  await shown(<Page />);
  expect(screen.getByText("There is a new version")).toBeDefined();
  await act(async () => vi.advanceTimersByTimeAsync(20_000));
  expect(server.reloadOnce).not.toHaveBeenCalled();
  server.isLeavingLossy.mockReturnValue(false);
  await act(async () => vi.advanceTimersByTimeAsync(5000));
  expect(server.reloadOnce).toHaveBeenCalledTimes(1);
});

test("a server that is there without the file is asked three times, then the reader is", async () => {
  server.askServer.mockResolvedValue({ state: "same", entry: "a" });
  const load = vi.fn<() => Promise<typeof arrived>>(gone);
  const Page = lazyPart(load);
  await shown(<Page />);
  expect(screen.getByText("This page could not be loaded")).toBeDefined();
  expect(load).toHaveBeenCalledTimes(3);
  load.mockResolvedValue(arrived);
  await act(async () => screen.getByRole("button", { name: "Try again" }).click());
  expect(screen.getByText("the page")).toBeDefined();
});

test("whoever comes back to a page whose code was missing asks anew", async () => {
  const load = vi.fn<() => Promise<typeof arrived>>(gone);
  const Page = lazyPart(load);
  (await shown(<Page />)).unmount();
  load.mockResolvedValue(arrived);
  await shown(<Page />);
  expect(screen.getByText("the page")).toBeDefined();
});

test("a dialog whose code is missing closes with a word, and opens later", async () => {
  const load = vi.fn<() => Promise<{ default: (props: { onClose(): void }) => ReactNode }>>(gone);
  const Dialog = lazyDialog(load);
  function Opener() {
    const [open, setOpen] = useState(true);
    return (
      <>
        <button type="button" onClick={() => setOpen(true)}>
          open
        </button>
        <output>{useToasts().map(({ text }) => text)}</output>
        {open && <Dialog onClose={() => setOpen(false)} />}
      </>
    );
  }
  await shown(<Opener />);
  expect(screen.getByText("This could not be opened")).toBeDefined();
  load.mockResolvedValue({ default: () => <p>the dialog</p> });
  await act(async () => screen.getByRole("button", { name: "open" }).click());
  expect(screen.getByText("the dialog")).toBeDefined();
});

test("a page that throws leaves what is around it, and is left by the next", async () => {
  const broken = () => {
    throw new Error("a defect");
  };
  const Broken = lazyPart(async () => ({ default: broken as () => ReactNode }));
  const page = (name: string, content: ReactNode) => (
    <PageBoundary page={name}>{content}</PageBoundary>
  );
  const { rerender } = await shown(page("one", <Broken />));
  expect(screen.getByText("Something went wrong on this page")).toBeDefined();
  expect(screen.getByText("a defect")).toBeDefined();
  await act(async () => rerender(<Frame>{page("two", <p>the next page</p>)}</Frame>));
  expect(screen.getByText("the next page")).toBeDefined();
  expect(screen.queryByText("Something went wrong on this page")).toBeNull();
});
