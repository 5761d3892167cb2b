import { useMessages } from "use-intl";
import type { ApiProblem } from "@/api/problem";

/** The problem's title: in the reader's language where its code is known, else the server's. */
export function useProblemTitle(problem: ApiProblem): string {
  const titles: Record<string, string> = useMessages().problems;
  return titles[problem.code] ?? problem.title;
}
