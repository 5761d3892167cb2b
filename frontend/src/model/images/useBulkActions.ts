import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslations } from "use-intl";
import { ApiProblem } from "@/api/problem";
import type { ImageAction } from "@/api/shapes";
import { showProblem, showToast } from "@/design/toasts";
import { jobFeedKey } from "@/model/jobs/jobFeed";
import { refreshImages } from "./refresh";
import { actOn, type Outcome, type Target } from "./selectionCalls";

export interface Done {
  changed: number;
  /** Whether nothing was left out. */
  isComplete: boolean;
  /** How many match by now, when that differs from the number shown; nothing is changed then. */
  matchNow: number | null;
  /** Resolves when what is shown is what the server holds. */
  shown: Promise<void>;
}

/** What can be done to several images at once, with its toasts and the refresh of the lists. */
export function useBulkActions() {
  const client = useQueryClient();
  const t = useTranslations("library");
  const tUndo = useTranslations("common")("undo");

  return useMemo(() => {
    const act = async (
      target: Target,
      action: ImageAction,
      tell: (outcome: Outcome) => void,
      tags: readonly string[] = [],
    ): Promise<Done> => {
      const outcome = await actOn(target, action, tags);
      const shown = refreshImages(client);
      if (action === "delete") void client.invalidateQueries({ queryKey: jobFeedKey });
      if (outcome.changed > 0) tell(outcome);
      const matchNow = matchesNow(outcome);
      if (matchNow === null) tellFailures(outcome);
      const isComplete = outcome.problem === null && outcome.skipped.size === 0;
      return { changed: outcome.changed, isComplete, matchNow, shown };
    };

    const tellFailures = ({ changed, skipped, problem }: Outcome): void => {
      const failed = [...skipped.values()].reduce((sum, count) => sum + count, 0);
      for (const code of skipped.keys()) {
        const refusal = new ApiProblem({ status: 409, code, title: code });
        showProblem(t("someFailed", { failed, total: failed + changed }), refusal);
      }
      if (problem) showProblem(t("actionFailed"), problem);
    };

    const restore = (target: Target) =>
      act(target, "restore", ({ changed }) => showToast(t("restored", { count: changed })));

    const trash = (target: Target) =>
      act(target, "trash", ({ changed, trashedAt }) => {
        const undo = { label: tUndo, run: () => void restore({ trashedAt }) };
        showToast(t("trashed", { count: changed }), undo);
      });

    const deleteForever = (target: Target) =>
      act(target, "delete", ({ changed }) => showToast(t("deleted", { count: changed })));

    const addTags = (target: Target, tags: readonly string[]) =>
      act(target, "add_tags", ({ changed }) => showToast(t("tagged", { count: changed })), tags);

    return { trash, restore, deleteForever, addTags };
  }, [client, t, tUndo]);
}

function matchesNow({ problem }: Outcome): number | null {
  return problem?.code === "selection_changed" ? problem.count : null;
}
