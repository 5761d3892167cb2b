import { useMessages } from "use-intl";
import type { ApiProblem, FieldProblem } from "@/api/problem";

export interface ProblemWords {
  /** In the reader's language, whatever the server's code is. */
  title: string;
  /** What the server says beyond that, in English; empty when there is nothing. */
  english: string;
}

/** Says a problem by its code. The server's own sentences are English: details, never the message. */
export function useProblemWords(): (problem: ApiProblem) => ProblemWords {
  const titles: Record<string, string> = useMessages().problems;
  return ({ code, status, title, detail, fallback }) => {
    const known = titles[code];
    // What the page itself calls a problem has no answer of a server behind it, and is translated.
    const own = status === 0 && code !== "unexpected";
    const said = known ?? (own ? title : titles[fallback]) ?? title;
    const english = [known || own ? "" : title, detail].filter((text) => text && text !== said);
    return { title: said, english: english.join(". ") };
  };
}

/** Says what is wrong with a field by the code, in words that fit under the field. */
export function useFieldWords(): (error: FieldProblem) => string {
  const { fieldProblems, problems } = useMessages();
  const words: Record<string, string> = { ...problems, ...fieldProblems };
  return ({ code }) => words[code] ?? fieldProblems.invalid;
}
