import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "@/api/client";

export const profileKey = ["profile"] as const;

export function useProfile() {
  return useQuery({
    queryKey: profileKey,
    queryFn: () => unwrap(api.GET("/auth/profile")),
  });
}
