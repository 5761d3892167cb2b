import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { showToast } from "@/design/toasts";
import { useExpiry } from "./useExpiry";

/** Says after copying that it was done, and until when what was copied works. */
export function useCopiedToast(): (...urls: string[]) => void {
  const t = useTranslations("image");
  const until = useExpiry();
  return useCallback(
    (...urls) => showToast(t("linkCopied", { until: until(...urls) })),
    [t, until],
  );
}
