import { ActionIcon } from "@mantine/core";
import { KeyRound, Pencil } from "lucide-react";
import { Suspense, useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import type { Passkey } from "@/api/accountShapes";
import { lazyDialog } from "@/code/lazyPart";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import { EndableRow } from "./EndableRow";

const RenameDialog = lazyDialog(() => import("./RenameDialog"));

export function PasskeyRow({ passkey, onChanged }: { passkey: Passkey; onChanged(): void }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const now = useNow({ updateInterval: 60_000 });
  const [renaming, setRenaming] = useState(false);
  const { id, name, created_at, last_used_at, backed_up } = passkey;
  return (
    <EndableRow
      icon={KeyRound}
      name={
        <>
          <UserText>{name}</UserText>
          <StateChip
            tone={backed_up ? "good" : "neutral"}
            label={t(backed_up ? "passkeySynced" : "passkeyHere")}
          />
        </>
      }
      facts={[
        [
          last_used_at ? t("lastUsed", { time: quantity.ago(last_used_at, now) }) : t("neverUsed"),
          t("addedAt", { date: quantity.dateTime(created_at) }),
        ],
      ]}
      actions={
        <>
          <ActionIcon
            variant="subtle"
            aria-label={t("renameOne", { name })}
            onClick={() => setRenaming(true)}
          >
            <Pencil size={15} aria-hidden />
          </ActionIcon>
          {renaming && (
            <Suspense>
              <RenameDialog
                name={name}
                rename={(next) => factorCalls.passkeyRename(id, next)}
                onClose={() => setRenaming(false)}
                onRenamed={onChanged}
              />
            </Suspense>
          )}
        </>
      }
      ending={{
        label: t("remove"),
        title: t("removeOne", { name }),
        question: t("passkeyRemoveText"),
        failed: t("passkeyRemoveFailed"),
        work: () => factorCalls.passkeyRemove(id),
        done: () => {
          onChanged();
          showToast(t("passkeyRemoved"));
        },
      }}
    />
  );
}
