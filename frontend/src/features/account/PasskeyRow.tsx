import { ActionIcon, Button } from "@mantine/core";
import { KeyRound, Pencil } from "lucide-react";
import { Suspense, useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import type { Passkey } from "@/api/accountShapes";
import { lazyDialog } from "@/code/lazyPart";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./SessionsPanel.module.css";
import { useAct } from "./useAct";

const ConfirmDialog = lazyDialog(() => import("@/design/ConfirmDialog"));

const RenameDialog = lazyDialog(() => import("./RenameDialog"));

export function PasskeyRow({ passkey, onChanged }: { passkey: Passkey; onChanged(): void }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const now = useNow({ updateInterval: 60_000 });
  const { busy, error, act } = useAct();
  const [open, setOpen] = useState<"rename" | "remove" | null>(null);
  const { id, name, created_at, last_used_at, backed_up } = passkey;
  const used = last_used_at
    ? t("lastUsed", { time: quantity.ago(last_used_at, now) })
    : t("neverUsed");
  const remove = (): void => {
    setOpen(null);
    void act(
      () => factorCalls.passkeyRemove(id),
      () => {
        onChanged();
        showToast(t("passkeyRemoved"));
      },
    );
  };
  return (
    <li className={classes.row}>
      <KeyRound size={22} strokeWidth={1.6} aria-hidden />
      <div className={classes.words}>
        <p className={classes.device}>
          <UserText>{name}</UserText>
          <StateChip
            tone={backed_up ? "good" : "neutral"}
            label={t(backed_up ? "passkeySynced" : "passkeyHere")}
          />
        </p>
        <p className={classes.facts}>
          {[used, t("addedAt", { date: quantity.dateTime(created_at) })].join(" · ")}
        </p>
        {error !== null && (
          <ProblemNotice heading={t("passkeyRemoveFailed")} error={error} compact />
        )}
      </div>
      <ActionIcon
        variant="subtle"
        aria-label={t("renameOne", { name })}
        onClick={() => setOpen("rename")}
      >
        <Pencil size={15} aria-hidden />
      </ActionIcon>
      <Button
        variant="subtle"
        color="danger"
        size="xs"
        loading={busy}
        aria-label={t("removeOne", { name })}
        onClick={() => setOpen("remove")}
      >
        {t("remove")}
      </Button>
      {open === "rename" && (
        <Suspense>
          <RenameDialog
            name={name}
            rename={(next) => factorCalls.passkeyRename(id, next)}
            onClose={() => setOpen(null)}
            onRenamed={onChanged}
          />
        </Suspense>
      )}
      {open === "remove" && (
        <Suspense>
          <ConfirmDialog
            title={t("removeOne", { name })}
            text={t("passkeyRemoveText")}
            label={t("remove")}
            isDanger
            busy={busy}
            onClose={() => setOpen(null)}
            onConfirm={remove}
          />
        </Suspense>
      )}
    </li>
  );
}
