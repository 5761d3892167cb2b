import { currentAccessToken, renewAccess } from "@/api/session/renewal";
import { sessionStore } from "@/api/session/sessionStore";
import { ConditionalMemory } from "./conditional";
import { randomId } from "./identifiers";
import { networkProblem } from "./problem";

/** Routes that sign somebody in, or take a link of a mail, and therefore never carry a token. */
const WITHOUT_TOKEN =
  /^\/auth\/(login(\/.*)?|register|refresh|sign-in-options|sso\/.*|password\/(reset|confirm)|email\/(verify|confirm))$/;
/** Sent while renewing is locked: to renew for them would be to wait for themselves. */
const WITHOUT_RENEWAL = new Set(["/auth/logout", "/auth/logout-all"]);
/** Answered to everybody, and most wanted when the role that renews tokens is down. */
const TOKEN_OPTIONAL = new Set(["/api/v1/status"]);

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
  const { pathname } = new URL(request.url);
  if (WITHOUT_TOKEN.test(pathname)) return send(request, null);
  if (WITHOUT_RENEWAL.has(pathname)) return send(request, sessionStore.get().access?.token ?? null);
  const optional = TOKEN_OPTIONAL.has(pathname);
  const orNone = (renewal: Promise<string | null>) =>
    optional ? renewal.catch(() => null) : renewal;
  const token = await orNone(currentAccessToken());
  const again = request.clone();
  const response = await send(request, token);
  if (response.status !== 401 || token === null) return response;
  const renewed = await orNone(renewAccess(token));
  return renewed === null && !optional ? response : send(again, renewed);
}
