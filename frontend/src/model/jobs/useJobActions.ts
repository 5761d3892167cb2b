import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import type { Job } from "@/api/shapes";
import { showProblem, showToast } from "@/design/toasts";
import { cancelJob, retryJob } from "./jobCalls";

/** Runs a job again, or stops it. */
export function useJobActions() {
  const t = useTranslations("activity");
  const client = useQueryClient();

  const act = useCallback(
    async (call: Promise<Job>, done: string) => {
      try {
        await call;
        showToast(done);
      } catch (error) {
        showProblem(t("actionFailed"), error);
      }
      // Refused or not, what was shown may be out of date.
      await client.invalidateQueries({ queryKey: ["jobs"] });
    },
    [client, t],
  );
  const retry = useCallback(({ id }: Job) => act(retryJob(id), t("retried")), [act, t]);
  const cancel = useCallback(({ id }: Job) => act(cancelJob(id), t("canceled")), [act, t]);
  return { retry, cancel };
}
