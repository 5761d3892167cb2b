import type { ApiProblem } from "@/api/problem";
import { useFieldWords } from "./useProblemWords";

/** Everything that is wrong with a field, in the reader's language; null when nothing is. */
export function useFieldProblem(problem: ApiProblem | null): (name: string) => string | null {
  const wordsFor = useFieldWords();
  return (name) => {
    const said = new Set(problem?.errorsAt(name).map(wordsFor));
    return said.size > 0 ? [...said].map((text) => text.replace(/\.$/, "")).join(". ") : null;
  };
}
