import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";

export const overviewKey = ["overview"] as const;

const WHILE_DEGRADED_MS = 10_000;

/**
 * Who I am, my usage and what is running: one call for the frame around every page. While a part of
 * the platform gives no answer, `watch` asks again until it does.
 */
export function useOverview({ watch = false } = {}) {
  return useQuery({
    queryKey: overviewKey,
    queryFn: () => unwrap(api.GET("/api/v1/overview")),
    staleTime: 60_000,
    refetchInterval: ({ state }) => {
      const degraded = state.error
        ? asProblem(state.error).isOutage
        : (state.data?.unavailable.length ?? 0) > 0;
      return watch && degraded ? WHILE_DEGRADED_MS : false;
    },
  });
}
