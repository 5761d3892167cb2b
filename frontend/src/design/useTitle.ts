import { useEffect } from "react";
import { useTranslations } from "use-intl";

/**
 * The document's title. Of several on a page the innermost wins, and each says it again whenever it
 * renders: the route's own title is set first, at every change of page.
 */
export function useTitle(title: string | null): void {
  const brand = useTranslations()("brand");
  useEffect(() => {
    if (title !== null) document.title = `${title} · ${brand}`;
  });
}
