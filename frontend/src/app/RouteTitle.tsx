import { useMatches } from "react-router";
import { useTranslations } from "use-intl";
import { useTitle } from "@/design/useTitle";
import type { PageHandle } from "./pageHandle";

/** Titles a page while its code or its content is still on the way. */
export function RouteTitle() {
  const t = useTranslations();
  const handle = useMatches().at(-1)?.handle as PageHandle | undefined;
  useTitle(handle ? t(handle.title) : null);
  return null;
}
