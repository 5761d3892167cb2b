/** The library's hooks over the fake server, driven step by step with random choices. */
import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";
import { vi } from "vitest";
import { clearToasts, useToasts } from "@/design/toasts";
import messages from "@/i18n/en.json";
import { type ImageFilters, NO_FILTERS } from "@/model/images/imageCache";
import { imagesChanged, imagesMayHaveChanged, noteReach } from "@/model/images/refresh";
import { useBulkActions } from "@/model/images/useBulkActions";
import { useImages } from "@/model/images/useImages";
import type { FakeServer } from "./fakeServer";

export const VIEWS: ImageFilters[] = [
  NO_FILTERS,
  { ...NO_FILTERS, trashed: true },
  { ...NO_FILTERS, tag: "alps" },
  { ...NO_FILTERS, q: "dawn" },
];

const MINUTE_MS = 60_000;

/** Numbers from 0 to below `end`, the same for the same seed (mulberry32, by Tommy Ettinger). */
export function dice(seed: number): (end: number) => number {
  let state = seed;
  return (end) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  };
}

function useLibrary(filters: ImageFilters) {
  return { list: useImages(filters), actions: useBulkActions(), toasts: useToasts() };
}

export class LibraryModel {
  private filters = NO_FILTERS;
  private readonly hook;

  constructor(
    private readonly client: QueryClient,
    private readonly server: FakeServer,
    private readonly pick: (end: number) => number,
  ) {
    const wrapper = ({ children }: { children: ReactNode }) => (
      <QueryClientProvider client={client}>
        <IntlProvider locale="en" messages={messages}>
          {children}
        </IntlProvider>
      </QueryClientProvider>
    );
    this.hook = renderHook(useLibrary, { wrapper, initialProps: this.filters });
  }

  /** What a person can do here, and what others do meanwhile. */
  readonly steps: Record<string, () => unknown> = {
    drop: () => this.now.actions.trash({ ids: this.some() }),
    dropAllLoaded: () => this.now.actions.trash({ ids: this.loaded }),
    dropAllMatching: () => this.now.actions.trash(this.all),
    dropAllWithAnotherCount: () => this.now.actions.trash({ ...this.all, count: 77 }),
    restore: () => this.filters.trashed && this.now.actions.restore({ ids: this.some() }),
    restoreAllMatching: () => this.filters.trashed && this.now.actions.restore(this.all),
    deleteForever: () => {
      if (this.filters.trashed) void this.now.actions.deleteForever({ ids: this.some() });
    },
    tag: () => this.now.actions.addTags({ ids: this.some() }, ["alps"]),
    undo: () => this.now.toasts.at(-1)?.action?.run(),
    page: () => this.now.list.hasNextPage && this.now.list.fetchNextPage(),
    filter: () => {
      this.filters = VIEWS[this.pick(VIEWS.length)] ?? NO_FILTERS;
      this.hook.rerender(this.filters);
    },
    look: () => noteReach(this.client, this.filters, this.pick(this.loaded.length + 1)),
    upload: () => {
      this.server.upload(["ridge", "dawn"][this.pick(2)]);
      imagesChanged(this.client);
    },
    anotherTab: () => {
      const ids = [...this.server.images.keys()];
      const id = ids[this.pick(ids.length)];
      if (id) this.server.change(id, { trashed_at: this.pick(2) ? null : "2026-01-01" });
      imagesMayHaveChanged(this.client);
    },
    wait: () => vi.advanceTimersByTimeAsync(this.pick(900)),
  };

  /** Begins a step; what it starts goes on while the next ones follow. */
  async take(name: string): Promise<void> {
    await act(async () => {
      void this.steps[name]?.();
      await vi.advanceTimersByTimeAsync(this.pick(60));
    });
  }

  /** Like `rest`, and scrolls to the end. */
  async settle(): Promise<void> {
    await this.rest();
    while (this.now.list.hasNextPage) {
      void this.now.list.fetchNextPage();
      await this.rest();
    }
  }

  /** What is shown, and what it should be by what the server holds. */
  get facts() {
    const held = this.server.listing(this.filters);
    const { isEmpty } = this.now.list;
    return [
      { ids: this.loaded, isEmpty },
      { ids: held, isEmpty: held.length === 0 },
    ] as const;
  }

  end(): void {
    this.hook.unmount();
    this.client.clear();
    clearToasts();
  }

  /** Waits until nothing is under way. */
  async rest(ms = MINUTE_MS): Promise<void> {
    await act(() => vi.advanceTimersByTimeAsync(ms));
  }

  private get now() {
    return this.hook.result.current;
  }

  private get loaded(): string[] {
    return this.now.list.images.map(({ id }) => id);
  }

  /** All that match, but for a few of those that are loaded. */
  private get all() {
    const count = this.server.listing(this.filters).length;
    return { filters: this.filters, count, except: this.some().slice(0, 2) };
  }

  private some(): string[] {
    return this.loaded.filter(() => this.pick(3) === 0);
  }
}
