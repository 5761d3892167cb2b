// @vitest-environment jsdom
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";
import { expect, test } from "vitest";
import { ApiProblem, networkProblem } from "@/api/problem";
import type { Job } from "@/api/shapes";
import { useFieldWords, useProblemWords } from "@/design/useProblemWords";
import ar from "@/i18n/ar.json";
import en from "@/i18n/en.json";
import { jobProblem } from "@/model/jobs/jobProblem";

function read<T>(hook: () => T, messages: typeof en = en): T {
  const wrapper = ({ children }: { children: ReactNode }) => (
    <IntlProvider locale="en" timeZone="UTC" messages={messages}>
      {children}
    </IntlProvider>
  );
  return renderHook(hook, { wrapper }).result.current;
}

const refusal = (code: string, detail = "") =>
  new ApiProblem({ status: 422, code, title: "The server's title", detail });
const failed = (code: string) => jobProblem({ error: { code, detail: "Exit 9" } } as Job);

test.each([
  ["English", en],
  ["Arabic", ar],
])("a refusal and a failed job with one code have the same words in %s", (_, messages) => {
  const words = read(useProblemWords, messages as typeof en);
  const { image_corrupt } = messages.problems;
  expect(words(refusal("image_corrupt")).title).toBe(image_corrupt);
  expect(words(failed("image_corrupt")).title).toBe(image_corrupt);
});

test("a code without words says what kind of failure it is, and the rest is for details", () => {
  const words = read(useProblemWords);
  expect(words(refusal("from_next_year", "More"))).toEqual({
    title: en.problems.unexpected,
    english: "The server's title. More",
  });
  expect(words(failed("from_next_year"))).toEqual({
    title: en.problems.job_failed,
    english: "from_next_year. Exit 9",
  });
});

test("what the page itself found has no sentence of a server behind it", () => {
  expect(read(useProblemWords)(networkProblem())).toEqual({
    title: en.problems.network_unreachable,
    english: "",
  });
});

test("a field's code has words that fit under the field, known or not", () => {
  const words = read(useFieldWords);
  const at = (code: string) => words({ pointer: "/title", code, detail: "" });
  expect(at("required")).toBe(en.fieldProblems.required);
  expect(at("password_too_common")).toBe(en.problems.password_too_common);
  expect(at("from_next_year")).toBe(en.fieldProblems.invalid);
});
