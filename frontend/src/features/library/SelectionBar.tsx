import { ActionIcon, Button } from "@mantine/core";
import { RotateCcw, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { ImageFilters } from "@/model/images/imageCache";
import { useBulkActions } from "@/model/images/useBulkActions";
import { SelectAll } from "./SelectAll";
import classes from "./SelectionBar.module.css";
import { type Asked, SelectionDialogs } from "./SelectionDialogs";
import type { useSelection } from "./useSelection";

interface Props {
  selection: ReturnType<typeof useSelection>;
  filters: ImageFilters;
  busy: boolean;
  onBusy(isBusy: boolean): void;
}

const IN_LIBRARY = [
  { what: "tags", Icon: Tag, label: "addTags" },
  { what: "trash", Icon: Trash2, label: "toTrash" },
] as const;
const IN_TRASH = [
  { what: "restore", Icon: RotateCcw, label: "restore" },
  { what: "delete", Icon: Trash2, label: "deleteForever" },
] as const;
const ASKS_ALWAYS: ReadonlySet<Asked> = new Set(["tags", "delete"]);

/** What can be done to the selected images; there while any is selected. */
export function SelectionBar({ selection, filters, busy, onBusy }: Props) {
  const t = useTranslations("library");
  const actions = useBulkActions();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [hasChanged, setHasChanged] = useState(false);
  const { count, isAll, target } = selection;
  if (count === 0) return null;

  const works = {
    tags: (tags: string[]) => actions.addTags(target, tags),
    trash: () => actions.trash(target),
    restore: () => actions.restore(target),
    delete: () => actions.deleteForever(target),
  };
  const run = async (what: Asked, tags: string[] = []): Promise<void> => {
    onBusy(true);
    const { changed, isComplete, matchNow, shown } = await works[what](tags);
    await shown;
    onBusy(false);
    setHasChanged(matchNow !== null);
    setAsked(matchNow === null ? null : what);
    if (matchNow !== null) selection.selectAll(matchNow);
    // Tagged images stay selected: there may be more to do with them.
    else if (what !== "tags" && (isComplete || (isAll && changed > 0))) selection.clear();
  };
  /** What is done to images that nobody has looked at is asked before. */
  const begin = (what: Asked): void => {
    if (isAll || ASKS_ALWAYS.has(what)) setAsked(what);
    else void run(what);
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
        {t(selection.isWhole ? "allSelected" : "selected", { count })}
      </span>
      {selection.isPart && <SelectAll filters={filters} onSelect={selection.selectAll} />}
      {(filters.trashed ? IN_TRASH : IN_LIBRARY).map(({ what, Icon, label }) => (
        <Button
          key={what}
          {...(what === "delete" ? { color: "danger" } : { variant: "subtle" })}
          loading={busy && asked === null && !ASKS_ALWAYS.has(what)}
          leftSection={<Icon size={16} aria-hidden />}
          onClick={() => begin(what)}
        >
          <span className={classes.word}>{t(label)}</span>
        </Button>
      ))}
      <SelectionDialogs
        {...{ asked, count, hasChanged, busy }}
        onClose={() => setAsked(null)}
        onConfirm={run}
      />
    </section>
  );
}
