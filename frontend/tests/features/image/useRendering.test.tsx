// @vitest-environment jsdom
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import type { Image } from "@/api/shapes";
import { useRendering } from "@/features/image/useRendering";

const calls = vi.hoisted(() => ({ GET: vi.fn(), POST: vi.fn() }));
vi.mock("@/api/client", () => ({ api: calls, unwrap: (reply: unknown) => reply }));

const rendition = (state: string) => ({ id: "r1", state, url: null, width: null, height: null });
const image = (state: string) =>
  ({ id: "i1", tags: [], job: null, renditions: [rendition(state)] }) as unknown as Image;
const JOB = { id: "j1", state: "failed", error: { code: "image_corrupt", detail: "" } };

function withClient() {
  const client = new QueryClient();
  return ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  );
}

beforeEach(() => {
  calls.POST.mockReset();
  calls.GET.mockReset();
});

test("a rendition that fails is asked for once, watched, and says why it failed", async () => {
  calls.POST.mockResolvedValue({
    image: image("pending"),
    job: { id: "j1" },
    renditions: [rendition("pending")],
  });
  calls.GET.mockImplementation(async (path: string) =>
    path.includes("/jobs/") ? JOB : image("failed"),
  );
  const { result } = renderHook(() => useRendering(image("pending"), { width: 80 }), {
    wrapper: withClient(),
  });
  await waitFor(() => expect(result.current.data?.failure?.code).toBe("image_corrupt"), {
    timeout: 5000,
  });
  expect(calls.POST).toHaveBeenCalledTimes(1);

  await result.current.refetch(); // by hand it is asked for once more
  expect(calls.POST).toHaveBeenCalledTimes(2);
});

test("nothing is asked for while the controls are being moved", () => {
  renderHook(() => useRendering(image("pending"), null), { wrapper: withClient() });
  expect(calls.POST).not.toHaveBeenCalled();
});
