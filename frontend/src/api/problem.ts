/** Every refusal and every failure to be answered, as one error type. */

export interface FieldProblem {
  /** JSON pointer into the body that was sent, such as `/email`. */
  pointer: string;
  code: string;
  detail: string;
}

/** A sign-in that needs a second step: what the step is known by, and the ways to take it. */
export interface SecondStep {
  challenge: string;
  methods: readonly string[];
}

interface ProblemFields {
  /** HTTP status; 0 when no answer came at all. */
  status: number;
  /** The contract: what the interface branches on and translates. */
  code: string;
  title: string;
  detail: string;
  requestId: string | null;
  errors: FieldProblem[];
  /** Seconds that the server asks to wait, null when it does not say. */
  retryAfterS: number | null;
  /** The code whose words serve when this one has none: it is newer than these pages. */
  fallback: string;
  /** How many there are now of what the refusal is about; null when it does not say. */
  count: number | null;
  /** Of a correct password that is not enough; null otherwise. */
  secondStep: SecondStep | null;
}

export class ApiProblem extends Error implements ProblemFields {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly errors: FieldProblem[];
  readonly retryAfterS: number | null;
  readonly count: number | null;
  readonly secondStep: SecondStep | null;
  readonly fallback: string;

  constructor(fields: Partial<ProblemFields> & Pick<ProblemFields, "status" | "code" | "title">) {
    super(fields.detail || fields.title);
    this.name = "ApiProblem";
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.detail = fields.detail ?? "";
    this.requestId = fields.requestId ?? null;
    this.errors = fields.errors ?? [];
    this.retryAfterS = fields.retryAfterS ?? null;
    this.count = fields.count ?? null;
    this.secondStep = fields.secondStep ?? null;
    this.fallback = fields.fallback ?? "unexpected";
  }

  /** What is wrong with one field of the body, or with something in it. */
  errorsAt(name: string): FieldProblem[] {
    return this.errors.filter(
      ({ pointer }) => pointer === `/${name}` || pointer.startsWith(`/${name}/`),
    );
  }

  /** Whether something broke, as opposed to a refusal: operators then need the request id. */
  get isFault(): boolean {
    return this.status >= 500 || this.code === "unexpected" || this.code.startsWith("http_");
  }

  /** Whether a part of the platform gives no answer. */
  get isOutage(): boolean {
    return this.status === 502 || this.status === 503 || this.status === 504;
  }

  /** Whether the same request may well succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function networkProblem(): ApiProblem {
  return new ApiProblem({
    status: 0,
    code: "network_unreachable",
    title: "The server cannot be reached",
  });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: Record<string, unknown>) => ({
    pointer: text(entry["pointer"]),
    code: text(entry["code"]),
    detail: text(entry["detail"]),
  }));
}

function secondStep(document: Record<string, unknown>): SecondStep | null {
  const challenge = text(document["challenge"]);
  const methods: unknown = document["methods"];
  return challenge ? { challenge, methods: Array.isArray(methods) ? methods.map(text) : [] } : null;
}

/** Reads a problem document; anything else (a proxy's HTML page) still gives status and request id. */
export function problemFromBody(
  status: number,
  body: string,
  header: (name: string) => string | null,
): ApiProblem {
  let document: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (parsed !== null && typeof parsed === "object") document = parsed as Record<string, unknown>;
  } catch {
    document = {};
  }
  const retryAfter = Number(header("Retry-After") ?? Number.NaN);
  return new ApiProblem({
    status,
    code: text(document["code"]) || `http_${status}`,
    title: text(document["title"]) || `The server answered ${status}`,
    detail: text(document["detail"]),
    requestId: text(document["request_id"]) || header("X-Request-ID"),
    errors: fieldProblems(document["errors"]),
    retryAfterS: Number.isFinite(retryAfter) ? retryAfter : null,
    count: typeof document["count"] === "number" ? document["count"] : null,
    secondStep: secondStep(document),
  });
}

export async function problemFromResponse(response: Response): Promise<ApiProblem> {
  const body = await response.text().catch(() => "");
  return problemFromBody(response.status, body, (name) => response.headers.get(name));
}

export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return networkProblem();
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ status: 0, code: "unexpected", title: "Something went wrong", detail });
}
