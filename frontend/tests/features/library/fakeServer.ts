/** The image routes of the API, in memory: pages by cursor, filters, trash, tags, bulk actions. */
import type { Image } from "@/api/shapes";
import type { ImageFilters } from "@/model/images/imageCache";

/** As the API would cut them, were they ten times as many. */
const PAGE_MAX = 4;
/** Images that one call changes at most. */
const ROWS_MAX = 5;

const json = (body: unknown, status = 200): Response =>
  new Response(body === null ? null : JSON.stringify(body), { status });
const problem = (status: number, code: string, more: object = {}): Response =>
  json({ status, code, title: code, ...more }, status);

type Matches = Omit<ImageFilters, "q"> & { q: string };

interface Selection {
  ids?: string[];
  filter?: Partial<Matches>;
  except_ids?: string[];
  expected_count?: number;
  trashed_at?: string;
}

export class FakeServer {
  readonly images = new Map<string, Image>();
  /** Method and path of every request, in order. */
  readonly requests: string[] = [];
  private moment = Date.UTC(2026, 0, 1);
  private numbered = 0;

  /** Takes an image in, as an upload does. */
  upload(title = "ridge", tags: string[] = []): Image {
    this.numbered += 1;
    const id = `image-${String(this.numbered).padStart(4, "0")}`;
    const at = this.now();
    const image = {
      ...{ id, title: `${title} ${this.numbered}`, tags, state: "ready", format: "jpeg" },
      ...{ width: 3, height: 2, renditions: [], links: {}, filename: `${id}.jpg` },
      ...{ created_at: at, updated_at: at, trashed_at: null },
    } as unknown as Image;
    this.images.set(id, image);
    return image;
  }

  change(id: string, changes: Partial<Image>): Image {
    const image = { ...this.found(id), ...changes, updated_at: this.now() };
    this.images.set(id, image);
    return image;
  }

  /** The ids that a list with these filters holds, newest first. */
  listing(filters: Partial<Matches>): string[] {
    return this.matching(filters).map(({ id }) => id);
  }

  async answer(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const path = pathname.replace("/api/v1/", "");
    this.requests.push(`${request.method} ${path}`);
    if (path === "images") return this.page(searchParams);
    if (path === "images/count") {
      return json({ count: this.matching(filtersOf(searchParams)).length });
    }
    if (path === "images/actions") return this.act(await request.json());
    if (path.startsWith("images/")) return this.one(request, path);
    return json({ results: [], next: null, unavailable: [] });
  }

  private async one(request: Request, path: string): Promise<Response> {
    const [, id = "", verb] = path.split("/");
    if (!this.images.has(id)) return problem(404, "image_not_found");
    if (verb === "restore") return json(this.change(id, { trashed_at: null }));
    if (request.method === "PATCH") return json(this.change(id, await request.json()));
    if (request.method === "GET") return json(this.found(id));
    if (request.url.includes("permanent=true")) this.images.delete(id);
    else this.change(id, { trashed_at: this.now() });
    return json(null, 204);
  }

  private page(params: URLSearchParams): Response {
    const limit = Math.min(Number(params.get("limit") ?? 50), PAGE_MAX);
    const cursor = params.get("cursor");
    const all = this.matching(filtersOf(params)).filter(
      (image) => !cursor || keyOf(image) < cursor,
    );
    const results = all.slice(0, limit);
    const last = results.at(-1);
    const next = last && all.length > limit ? `/api/v1/images?cursor=${keyOf(last)}` : null;
    return json({ results, next, previous: null });
  }

  private act({ action, tags = [], selection }: Acting): Response {
    const { filter, expected_count } = selection;
    const count = filter ? this.matching(filter).length : expected_count;
    if (count !== expected_count) return problem(409, "selection_changed", { count });
    const chosen = this.chosen(selection);
    const due = chosen.filter((image) => isDue(action, image, tags));
    const at = this.now();
    const changed = due.slice(0, ROWS_MAX);
    for (const image of changed) this.actOn(image, action, tags, at);
    return json({
      ...{ matched: chosen.length, changed: changed.length, skipped: [], job: null },
      remaining: due.length - changed.length,
      trashed_at: action === "trash" && changed.length > 0 ? at : null,
    });
  }

  private actOn(image: Image, action: string, tags: string[], at: string): void {
    if (action === "delete") this.images.delete(image.id);
    else if (action === "trash") this.change(image.id, { trashed_at: at });
    else if (action === "restore") this.change(image.id, { trashed_at: null });
    else this.change(image.id, { tags: [...new Set([...image.tags, ...tags])] });
  }

  private chosen({ ids, filter, except_ids = [], trashed_at: moved }: Selection): Image[] {
    if (ids) return ids.flatMap((id) => this.images.get(id) ?? []);
    if (filter) return this.matching(filter).filter(({ id }) => !except_ids.includes(id));
    return [...this.images.values()].filter((image) => image.trashed_at === moved);
  }

  private matching({ q = "", tag = "", trashed = false }: Partial<Matches>): Image[] {
    return [...this.images.values()]
      .filter((image) => Boolean(image.trashed_at) === trashed)
      .filter((image) => image.title.includes(q) && (!tag || image.tags.includes(tag)))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  }

  private found(id: string): Image {
    const image = this.images.get(id);
    if (!image) throw new Error(`there is no ${id}`);
    return image;
  }

  private now(): string {
    this.moment += 1000;
    return new Date(this.moment).toISOString();
  }
}

interface Acting {
  action: string;
  tags?: string[];
  selection: Selection;
}

function isDue(action: string, image: Image, tags: string[]): boolean {
  if (action === "delete") return true;
  if (action === "restore") return image.trashed_at !== null;
  const isTagged = action === "add_tags" && tags.every((tag) => image.tags.includes(tag));
  return image.trashed_at === null && !isTagged;
}

const keyOf = (image: Image): string => `${image.created_at}|${image.id}`;

function filtersOf(params: URLSearchParams): Partial<Matches> {
  const [q, tag] = [params.get("q") ?? "", params.get("tag") ?? ""];
  return { q, tag, trashed: params.get("trashed") === "true" };
}
