// @vitest-environment jsdom
import {
  focusManager,
  onlineManager,
  QueryClient,
  QueryClientProvider,
} from "@tanstack/react-query";
import { cleanup, renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { imageListKey, NO_FILTERS } from "@/model/images/imageCache";
import { imagesChanged } from "@/model/images/refresh";
import { useImageNews } from "@/model/images/useImageNews";
import { useImages } from "@/model/images/useImages";

const HALF_A_MINUTE_MS = 30_000;

let asked: number;
vi.mock("@/api/transport", () => ({
  authorizedFetch: async () => {
    asked += 1;
    return Response.json({ results: [], next: null });
  },
}));

let client: QueryClient;

async function opened(): Promise<void> {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
  renderHook(() => [useImages(NO_FILTERS), useImageNews()], { wrapper });
  await waitFor(() => expect(asked).toBe(1));
}

/** As if what is shown had been asked for some time ago. */
function aged(ms: number): void {
  const held = client.getQueryData(imageListKey(NO_FILTERS));
  client.setQueryData(imageListKey(NO_FILTERS), held, { updatedAt: Date.now() - ms });
}

function comeBack(): void {
  focusManager.setFocused(false);
  focusManager.setFocused(true);
}

beforeEach(() => {
  asked = 0;
  client = new QueryClient();
});

afterEach(() => {
  cleanup();
  client.clear();
  focusManager.setFocused(undefined);
});

test("what another tab has changed is asked for", async () => {
  await opened();
  const otherTab = new BroadcastChannel("images");
  otherTab.postMessage("changed");
  await waitFor(() => expect(asked).toBe(2));
  otherTab.close();
});

test("other tabs are told of what was changed here", async () => {
  const otherTab = new BroadcastChannel("images");
  const heard = new Promise((resolve) => otherTab.addEventListener("message", resolve));
  imagesChanged(client);
  expect(await heard).toMatchObject({ data: "changed" });
  otherTab.close();
});

test("whoever comes back to the window after a while sees what is new", async () => {
  await opened();
  aged(HALF_A_MINUTE_MS + 1000);
  comeBack();
  await waitFor(() => expect(asked).toBe(2));
});

test("looking away for a moment asks for nothing", async () => {
  await opened();
  comeBack();
  expect(client.getQueryState(imageListKey(NO_FILTERS))?.isInvalidated).toBe(false);
});

test("what was missed without a network is asked for when it is back", async () => {
  await opened();
  onlineManager.setOnline(false);
  onlineManager.setOnline(true);
  await waitFor(() => expect(asked).toBe(2));
});
