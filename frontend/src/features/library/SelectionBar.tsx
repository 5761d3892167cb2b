import { ActionIcon, Button } from "@mantine/core";
import { RotateCcw, Tag, Trash2, X } from "lucide-react";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { AddTagsDialog, DeleteForeverDialog } from "./dialogs";
import classes from "./SelectionBar.module.css";
import { useBulkActions } from "./useBulkActions";
import type { useSelection } from "./useSelection";

interface Props {
  selection: ReturnType<typeof useSelection>;
  trashed: boolean;
}

/** What can be done to the selected images; there while any is selected. */
export function SelectionBar({ selection, trashed }: Props) {
  const t = useTranslations("library");
  const actions = useBulkActions();
  const [dialog, setDialog] = useState<"tags" | "delete" | null>(null);
  const [busy, setBusy] = useState(false);
  const ids = [...selection.selected];
  if (ids.length === 0) return null;

  const run = async (work: Promise<string[]>): Promise<void> => {
    setBusy(true);
    const failed = await work;
    setBusy(false);
    setDialog(null);
    selection.keepOnly(failed);
  };

  return (
    <section className={classes.bar} aria-label={t("selectionBar")} data-testid="selection-bar">
      <ActionIcon
        variant="subtle"
        size="lg"
        aria-label={t("clearSelection")}
        onClick={selection.clear}
      >
        <X size={18} aria-hidden />
      </ActionIcon>
      <span className={classes.count} role="status">
        {t("selected", { count: ids.length })}
      </span>
      {trashed ? (
        <>
          <Button
            variant="subtle"
            loading={busy}
            leftSection={<RotateCcw size={16} aria-hidden />}
            onClick={() => void run(actions.restore(ids))}
          >
            <span className={classes.word}>{t("restore")}</span>
          </Button>
          <Button
            color="danger"
            leftSection={<Trash2 size={16} aria-hidden />}
            onClick={() => setDialog("delete")}
          >
            <span className={classes.word}>{t("deleteForever")}</span>
          </Button>
        </>
      ) : (
        <>
          <Button
            variant="subtle"
            leftSection={<Tag size={16} aria-hidden />}
            onClick={() => setDialog("tags")}
          >
            <span className={classes.word}>{t("addTags")}</span>
          </Button>
          <Button
            variant="subtle"
            loading={busy}
            leftSection={<Trash2 size={16} aria-hidden />}
            onClick={() => void run(actions.trash(ids))}
          >
            <span className={classes.word}>{t("toTrash")}</span>
          </Button>
        </>
      )}
      <Suspense>
        {dialog === "tags" && (
          <AddTagsDialog
            count={ids.length}
            onClose={() => setDialog(null)}
            onApply={(tags) => run(actions.addTags(ids, tags))}
          />
        )}
        {dialog === "delete" && (
          <DeleteForeverDialog
            count={ids.length}
            busy={busy}
            onClose={() => setDialog(null)}
            onConfirm={() => void run(actions.deleteForever(ids))}
          />
        )}
      </Suspense>
    </section>
  );
}
