/** The account's routes in memory, and pages rendered in front of them. */
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { configure } from "@testing-library/react";
import type { ComponentType } from "react";
import { createRoot, type Root } from "react-dom/client";
import { createMemoryRouter, RouterProvider } from "react-router";
import { vi } from "vitest";
import en from "@/i18n/en.json";
import { LanguageProvider } from "@/i18n/LanguageProvider";

// Dialogs come late, and a busy machine compiles them when they are first asked for.
// React renders as in a browser, for what waits for its code does not go on within `act`.
configure({
  asyncUtilTimeout: 10_000,
  eventWrapper: (work) => work(),
  asyncWrapper: (work) => work(),
});
vi.setConfig({ testTimeout: 60_000 });

type Answer = (body: Record<string, unknown>, request: Request) => Response | Promise<Response>;

export const json = (body: unknown, status = 200): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), { status });
export const refusal = (status: number, code: string, more: object = {}): Response =>
  json({ status, code, title: code, ...more }, status);

export class FakeAccount {
  readonly routes = new Map<string, Answer>();
  /** Method, path and body of every request, in order. */
  readonly requests: { call: string; body: Record<string, unknown> }[] = [];

  on(call: string, answer: Answer): this {
    this.routes.set(call, answer);
    return this;
  }

  asked(call: string): Record<string, unknown>[] {
    return this.requests.filter((request) => request.call === call).map(({ body }) => body);
  }

  async answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const call = `${request.method} ${pathname}`;
    const text = await request.clone().text();
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    this.requests.push({ call, body });
    const answer = this.routes.get(call);
    return answer ? answer(body, request) : refusal(404, "not_found");
  }
}

/** What jsdom lacks and the design asks for. */
export function stubBrowser(): void {
  vi.stubGlobal("matchMedia", (media: string) => ({
    ...{ media, matches: false, addEventListener: () => undefined },
    ...{ removeEventListener: () => undefined, addListener: () => undefined },
    removeListener: () => undefined,
  }));
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe(): void {}
      unobserve(): void {}
      disconnect(): void {}
    },
  );
}

let root: Root | undefined;

export function shown(Page: ComponentType, path: string, Layout?: ComponentType) {
  root?.unmount();
  document.body.innerHTML = "";
  root = createRoot(document.body.appendChild(document.createElement("div")));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const page = { path, Component: Page };
  const routes = [
    ...(Layout ? [{ Component: Layout, children: [page] }] : [page]),
    { path: "*", element: <p>elsewhere</p> },
  ];
  const router = createMemoryRouter(routes, { initialEntries: [path] });
  root.render(
    <LanguageProvider initial={{ locale: "en", messages: en }}>
      <MantineProvider env="test">
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </LanguageProvider>,
  );
  return router;
}
