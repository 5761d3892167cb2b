import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { showProblem, showToast } from "@/design/toasts";
import { jobFeedKey } from "@/features/activity/jobFeed";
import { type BulkOutcome, forEachImage } from "./bulk";
import { dropImages, placeImage, resetImageLists } from "./imageCache";
import { deleteImageForever, restoreImage, saveImage, trashImage } from "./imageCalls";

/** What can be done to several images at once, with the lists kept right and failures told. */
export function useBulkActions() {
  const client = useQueryClient();
  const t = useTranslations();

  const report = useCallback(
    (outcome: BulkOutcome, total: number) => {
      if (outcome.failed === 0) return;
      const text = t("library.someFailed", { failed: outcome.failed, total });
      showProblem(text, outcome.firstProblem);
    },
    [t],
  );

  const refreshAround = useCallback(() => {
    void client.invalidateQueries({ queryKey: ["overview"] });
    void client.invalidateQueries({ queryKey: jobFeedKey });
  }, [client]);

  const restore = useCallback(
    async (ids: readonly string[]) => {
      const outcome = await forEachImage(ids, async (id) => {
        placeImage(client, await restoreImage(id));
      });
      report(outcome, ids.length);
      refreshAround();
      if (outcome.done.length > 0) {
        showToast(t("library.restored", { count: outcome.done.length }));
      }
    },
    [client, refreshAround, report, t],
  );

  const trash = useCallback(
    async (ids: readonly string[]) => {
      const outcome = await forEachImage(ids, trashImage);
      report(outcome, ids.length);
      dropImages(client, new Set(outcome.done));
      void resetImageLists(client, (filters) => filters.trashed);
      refreshAround();
      if (outcome.done.length === 0) return;
      showToast(t("library.trashed", { count: outcome.done.length }), {
        label: t("common.undo"),
        run: () => void restore(outcome.done),
      });
    },
    [client, refreshAround, report, restore, t],
  );

  const deleteForever = useCallback(
    async (ids: readonly string[]) => {
      const outcome = await forEachImage(ids, deleteImageForever);
      report(outcome, ids.length);
      dropImages(client, new Set(outcome.done));
      refreshAround();
      if (outcome.done.length > 0) showToast(t("library.deleted", { count: outcome.done.length }));
    },
    [client, refreshAround, report, t],
  );

  const addTags = useCallback(
    async (images: readonly Image[], tags: readonly string[]) => {
      const byId = new Map(images.map((image) => [image.id, image]));
      const outcome = await forEachImage([...byId.keys()], async (id) => {
        const merged = [...new Set([...(byId.get(id)?.tags ?? []), ...tags])];
        placeImage(client, await saveImage(id, { tags: merged }));
      });
      report(outcome, images.length);
      if (outcome.done.length > 0) showToast(t("library.tagged", { count: outcome.done.length }));
    },
    [client, report, t],
  );

  return { trash, restore, deleteForever, addTags };
}
