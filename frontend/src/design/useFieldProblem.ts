import { useMessages } from "use-intl";
import type { ApiProblem } from "@/api/problem";

/** What is wrong with a field: in the reader's language where its code is known, else the server's. */
export function useFieldProblem(problem: ApiProblem | null): (name: string) => string | null {
  const words: Record<string, string> = useMessages().problems;
  return (name) => {
    const found = problem?.errors.filter((error) => error.pointer === `/${name}`) ?? [];
    const said = found.map((error) => words[error.code] ?? error.detail);
    return said.length > 0 ? said.map((text) => text.replace(/\.$/, "")).join(". ") : null;
  };
}
