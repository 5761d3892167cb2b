import { useMemo } from "react";
import { useLocation } from "react-router";
import { takeFragment } from "./fragment";

/** What stands behind the `#`: anew when another link is opened in a tab that is on the page. */
export function useFragment(): URLSearchParams {
  const { hash } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new fragment is to be taken
  return useMemo(takeFragment, [hash]);
}
