import { useQuery } from "@tanstack/react-query";
import type { AccountProfile } from "@/api/accountShapes";
import { api, unwrap } from "@/api/client";

export const profileKey = ["profile"] as const;

export function useProfile() {
  return useQuery({
    queryKey: profileKey,
    queryFn: (): Promise<AccountProfile> => unwrap(api.GET("/auth/profile")),
  });
}
