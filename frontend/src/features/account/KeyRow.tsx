import { KeyRound } from "lucide-react";
import { useNow, useTranslations } from "use-intl";
import { keyCalls } from "@/api/accountCalls";
import type { ApiKey } from "@/api/accountShapes";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import page from "./AccountPage.module.css";
import { EndableRow } from "./EndableRow";

export function KeyRow({ apiKey, onRevoked }: { apiKey: ApiKey; onRevoked(): void }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const now = useNow({ updateInterval: 60_000 });
  const { id, name, prefix, scopes, addresses, created_at, expires_at } = apiKey;
  const { last_used_at, last_used_address } = apiKey;
  const isOver = expires_at !== null && new Date(expires_at) <= now;
  return (
    <EndableRow
      icon={KeyRound}
      name={
        <>
          <UserText>{name}</UserText>
          <code dir="ltr" className={page.code}>
            {prefix}…
          </code>
          {isOver && <StateChip tone="warn" label={t("keyExpired")} />}
        </>
      }
      facts={[
        [
          <bdi key="scopes" dir="ltr">
            {scopes.join(", ")}
          </bdi>,
          addresses.length > 0 && <bdi dir="ltr">{addresses.join(", ")}</bdi>,
        ],
        [
          last_used_at ? t("lastUsed", { time: quantity.ago(last_used_at, now) }) : t("neverUsed"),
          last_used_address && <bdi dir="ltr">{last_used_address}</bdi>,
          t("addedAt", { date: quantity.dateTime(created_at) }),
          expires_at ? t("keyUntil", { date: quantity.dateTime(expires_at) }) : t("keyForever"),
        ],
      ]}
      ending={{
        label: t("keyRevoke"),
        title: t("keyRevokeOne", { name }),
        question: t("keyRevokeText"),
        failed: t("keyRevokeFailed"),
        work: () => keyCalls.revoke(id),
        done: () => {
          showToast(t("keyRevoked"));
          onRevoked();
        },
      }}
    />
  );
}
