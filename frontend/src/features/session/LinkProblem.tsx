import { ApiProblem } from "@/api/problem";
import { ProblemNotice } from "@/design/ProblemNotice";

/** A link without its token, or one that is used up: they are told apart by nobody. */
export function LinkProblem() {
  const problem = new ApiProblem({ status: 400, code: "link_invalid", title: "Link not valid" });
  return <ProblemNotice error={problem} compact />;
}
