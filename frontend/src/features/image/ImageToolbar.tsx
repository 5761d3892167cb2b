import { ActionIcon, Button, Tooltip, useDirection } from "@mantine/core";
import { ArrowLeft, ArrowRight, Download, Pencil, RotateCcw, Trash2 } from "lucide-react";
import { Suspense, useState } from "react";
import { useNavigate } from "react-router";
import { useMessages, useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { lazyDialog } from "@/code/lazyPart";
import { PageHeader } from "@/design/PageHeader";
import { StateChip } from "@/design/StateChip";
import { nameOf } from "@/model/images/sources";
import { IMAGE_TONES } from "@/model/images/tones";
import { type Done, useBulkActions } from "@/model/images/useBulkActions";
import { CopyMenu } from "./CopyMenu";
import classes from "./ImageToolbar.module.css";
import { useBack } from "./useBack";

const EditDialog = lazyDialog(() => import("./EditDialog"));
const DeleteForeverDialog = lazyDialog(() => import("@/model/images/DeleteForeverDialog"));

/** The image's name and everything that can be done with it as a whole. */
export function ImageToolbar({ image }: { image: Image }) {
  const t = useTranslations();
  const states: Record<string, string> = useMessages().imageState;
  const { dir } = useDirection();
  const navigate = useNavigate();
  const back = useBack();
  const actions = useBulkActions();
  const [dialog, setDialog] = useState<"edit" | "delete" | null>(null);
  const [busy, setBusy] = useState(false);
  const trashed = image.trashed_at !== null;
  const Back = dir === "rtl" ? ArrowRight : ArrowLeft;

  const target = { ids: [image.id] };
  const leaveAfter = async (work: Promise<Done>): Promise<void> => {
    setBusy(true);
    const { isComplete } = await work;
    setBusy(false);
    setDialog(null);
    if (isComplete) void navigate(trashed ? "/trash" : "/");
  };

  return (
    <>
      <Button
        variant="subtle"
        size="compact-md"
        className={classes.back ?? ""}
        leftSection={<Back size={17} aria-hidden />}
        onClick={back}
      >
        {t("image.back")}
      </Button>
      <PageHeader title={nameOf(image) || t("library.untitled")}>
        {image.state !== "ready" && (
          <StateChip tone={IMAGE_TONES[image.state]} label={states[image.state] ?? image.state} />
        )}
        {!trashed && (
          <Tooltip label={t("image.edit")}>
            <ActionIcon
              variant="default"
              size="input-sm"
              aria-label={t("image.edit")}
              onClick={() => setDialog("edit")}
            >
              <Pencil size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
        <CopyMenu image={image} />
        {image.links.original && !trashed && (
          <Tooltip label={t("image.download")}>
            <ActionIcon
              component="a"
              href={image.links.original}
              download={image.filename}
              variant="default"
              size="input-sm"
              aria-label={t("image.download")}
            >
              <Download size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
        {trashed ? (
          <>
            <Button
              variant="default"
              loading={busy}
              leftSection={<RotateCcw size={16} aria-hidden />}
              onClick={() => void leaveAfter(actions.restore(target))}
            >
              {t("library.restore")}
            </Button>
            <Button color="danger" onClick={() => setDialog("delete")}>
              {t("library.deleteForever")}
            </Button>
          </>
        ) : (
          <Tooltip label={t("image.moveToTrash")}>
            <ActionIcon
              variant="default"
              color="danger"
              size="input-sm"
              loading={busy}
              aria-label={t("image.moveToTrash")}
              onClick={() => void leaveAfter(actions.trash(target))}
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
      </PageHeader>
      <Suspense>
        {dialog === "edit" && <EditDialog image={image} onClose={() => setDialog(null)} />}
        {dialog === "delete" && (
          <DeleteForeverDialog
            count={1}
            busy={busy}
            onClose={() => setDialog(null)}
            onConfirm={() => void leaveAfter(actions.deleteForever(target))}
          />
        )}
      </Suspense>
    </>
  );
}
