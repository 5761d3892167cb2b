import { Suspense } from "react";
import { useTranslations } from "use-intl";
import { AddTagsDialog, ConfirmDialog, DeleteForeverDialog } from "./dialogs";

export type Asked = "tags" | "trash" | "restore" | "delete";

interface Props {
  asked: Asked | null;
  /** How many images it is about. */
  count: number;
  /** Other images match than when the person was last asked. */
  hasChanged: boolean;
  busy: boolean;
  onClose(): void;
  onConfirm(asked: Asked, tags?: string[]): Promise<void>;
}

/** What is asked before something is done to a selection. */
export function SelectionDialogs({ asked, count, hasChanged, busy, onClose, onConfirm }: Props) {
  const t = useTranslations("library");
  const notice = hasChanged ? t("selectionChanged") : null;
  return (
    <Suspense>
      {asked === "tags" && (
        <AddTagsDialog
          count={count}
          notice={notice}
          onClose={onClose}
          onApply={(tags) => onConfirm("tags", tags)}
        />
      )}
      {asked === "delete" && (
        <DeleteForeverDialog
          {...{ count, notice, busy, onClose }}
          onConfirm={() => void onConfirm("delete")}
        />
      )}
      {(asked === "trash" || asked === "restore") && (
        <ConfirmDialog
          title={t(asked === "trash" ? "trashAllTitle" : "restoreAllTitle", { count })}
          text={notice ?? t("allText")}
          label={t(asked === "trash" ? "toTrash" : "restore")}
          {...{ busy, onClose }}
          onConfirm={() => void onConfirm(asked)}
        />
      )}
    </Suspense>
  );
}
