import type { Challenge, StepMethod } from "@/api/accountShapes";
import type { ApiProblem } from "@/api/problem";

const METHODS: readonly StepMethod[] = ["otp", "passkey", "recovery"];

function known(methods: readonly string[]): StepMethod[] {
  const offered = METHODS.filter((method) => methods.includes(method));
  return offered.length > 0 ? offered : [...METHODS];
}

/** The second step that a refusal asks for; null when it asks for none. */
export function challengeOf({ code, secondStep }: ApiProblem): Challenge | null {
  if (code !== "second_factor_required" || !secondStep) return null;
  return { challenge: secondStep.challenge, methods: known(secondStep.methods) };
}

/** The second step that another site's sign-in has led to. */
export function challengeIn(fragment: URLSearchParams): Challenge | null {
  const challenge = fragment.get("challenge");
  if (!challenge) return null;
  return { challenge, methods: known((fragment.get("methods") ?? "").split(",")) };
}
