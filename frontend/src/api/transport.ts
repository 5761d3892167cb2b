import { currentAccessToken, renewAccess } from "@/features/session/renewal";
import { ConditionalMemory } from "./conditional";
import { randomId } from "./identifiers";
import { networkProblem } from "./problem";

/** Routes that sign somebody in and therefore never carry a token. */
const WITHOUT_TOKEN = new Set(["/auth/login", "/auth/register", "/auth/refresh"]);

export const conditionalMemory = new ConditionalMemory();

async function send(request: Request, token: string | null): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.set("X-Request-ID", randomId());
  if (token) headers.set("Authorization", `Bearer ${token}`);
  if (request.method === "GET") conditionalMemory.prepare(request.url, headers);
  let response: Response;
  try {
    response = await fetch(new Request(request, { headers }));
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw networkProblem();
  }
  return request.method === "GET" ? conditionalMemory.settle(request.url, response) : response;
}

/**
 * `fetch` with the access token, one renewal on a 401, and conditional GETs.
 *
 * A 401 after the renewal is passed on: the session is over, and the session store knows.
 */
export async function authorizedFetch(request: Request): Promise<Response> {
  if (WITHOUT_TOKEN.has(new URL(request.url).pathname)) return send(request, null);
  const token = await currentAccessToken();
  const again = request.clone();
  const response = await send(request, token);
  if (response.status !== 401 || token === null) return response;
  const renewed = await renewAccess(token);
  return renewed === null ? response : send(again, renewed);
}
