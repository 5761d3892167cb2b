import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";

/** Who I am, my usage and what is running: one call for the frame around every page. */
export function useOverview() {
  return useQuery({
    queryKey: ["overview"],
    queryFn: () => unwrap(api.GET("/api/v1/overview")),
    staleTime: 60_000,
  });
}
