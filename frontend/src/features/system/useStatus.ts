import { useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import { problemFromBody } from "@/api/problem";
import type { Status } from "@/api/shapes";

const EVERY_MS = 5000;

/** A degraded platform answers 503 with its state, which is an answer and not a failure. */
async function fetchStatus(): Promise<Status> {
  const { data, error, response } = await api.GET("/api/v1/status");
  const body: unknown = data ?? error;
  if (body !== null && typeof body === "object" && "roles" in body) return body as Status;
  throw problemFromBody(response.status, JSON.stringify(error ?? {}), (name) =>
    response.headers.get(name),
  );
}

export function useStatus() {
  return useQuery({ queryKey: ["status"], queryFn: fetchStatus, refetchInterval: EVERY_MS });
}
