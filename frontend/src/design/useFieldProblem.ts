import { useMessages } from "use-intl";
import type { ApiProblem } from "@/api/problem";

/** What is wrong with a field: in the reader's language where its code is known, else the server's. */
export function useFieldProblem(problem: ApiProblem | null): (name: string) => string | null {
  const words: Record<string, string> = useMessages().problems;
  return (name) => {
    const found = problem?.errors.find((error) => error.pointer === `/${name}`);
    return found ? (words[found.code] ?? found.detail) : null;
  };
}
