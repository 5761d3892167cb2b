import createClient from "openapi-fetch";
import { problemFromBody } from "./problem";
import type { paths } from "./schema";
import { authorizedFetch } from "./transport";

export const api = createClient<paths>({
  baseUrl: globalThis.location.origin,
  fetch: authorizedFetch,
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a good answer; a refusal is thrown as `ApiProblem`. */
export async function unwrap<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  const body = typeof error === "string" ? error : JSON.stringify(error ?? {});
  throw problemFromBody(response.status, body, (name) => response.headers.get(name));
}
