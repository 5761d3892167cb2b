import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { showProblem, showToast } from "@/design/toasts";
import { jobFeedKey } from "@/features/activity/jobFeed";
import { type BulkOutcome, forEachImage } from "./bulk";
import { changeImage, deleteImageForever, restoreImage, trashImage } from "./imageCalls";
import { refreshImages } from "./refresh";

/**
 * What can be done to several images at once, with the lists kept right and failures told. Each
 * answers with the ids for which it did not work.
 */
export function useBulkActions() {
  const client = useQueryClient();
  const t = useTranslations();

  const report = useCallback(
    ({ done, failed, firstProblem }: BulkOutcome): string[] => {
      const total = done.length + failed.length;
      if (failed.length > 0) {
        showProblem(t("library.someFailed", { failed: failed.length, total }), firstProblem);
      }
      return failed;
    },
    [t],
  );

  const refreshAround = useCallback(() => {
    void client.invalidateQueries({ queryKey: jobFeedKey });
    return refreshImages(client);
  }, [client]);

  const restore = useCallback(
    async (ids: readonly string[]) => {
      const outcome = await forEachImage(ids, restoreImage);
      await refreshAround();
      if (outcome.done.length > 0) {
        showToast(t("library.restored", { count: outcome.done.length }));
      }
      return report(outcome);
    },
    [refreshAround, report, t],
  );

  const trash = useCallback(
    async (ids: readonly string[]) => {
      const outcome = await forEachImage(ids, trashImage);
      await refreshAround();
      if (outcome.done.length > 0) {
        showToast(t("library.trashed", { count: outcome.done.length }), {
          label: t("common.undo"),
          run: () => void restore(outcome.done),
        });
      }
      return report(outcome);
    },
    [refreshAround, report, restore, t],
  );

  const deleteForever = useCallback(
    async (ids: readonly string[]) => {
      const outcome = await forEachImage(ids, deleteImageForever);
      await refreshAround();
      if (outcome.done.length > 0) showToast(t("library.deleted", { count: outcome.done.length }));
      return report(outcome);
    },
    [refreshAround, report, t],
  );

  const addTags = useCallback(
    async (ids: readonly string[], tags: readonly string[]) => {
      const outcome = await forEachImage(ids, async (id) => {
        const merged = (latest: Image) => ({ tags: [...new Set([...latest.tags, ...tags])] });
        await changeImage(id, merged);
      });
      await refreshAround();
      if (outcome.done.length > 0) showToast(t("library.tagged", { count: outcome.done.length }));
      return report(outcome);
    },
    [refreshAround, report, t],
  );

  return { trash, restore, deleteForever, addTags };
}
