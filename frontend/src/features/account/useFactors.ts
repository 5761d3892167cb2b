import { useQuery } from "@tanstack/react-query";
import { factorCalls } from "@/api/accountCalls";

export const factorsKey = ["factors"] as const;

export function useFactors() {
  return useQuery({ queryKey: factorsKey, queryFn: factorCalls.all });
}
