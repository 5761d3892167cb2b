import { Button } from "@mantine/core";
import { KeyRound } from "lucide-react";
import { Suspense, useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { keyCalls } from "@/api/accountCalls";
import type { ApiKey } from "@/api/accountShapes";
import { lazyDialog } from "@/code/lazyPart";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import page from "./AccountPage.module.css";
import classes from "./SessionsPanel.module.css";
import { useAct } from "./useAct";

const ConfirmDialog = lazyDialog(() => import("@/design/ConfirmDialog"));

export function KeyRow({ apiKey, onRevoked }: { apiKey: ApiKey; onRevoked(): void }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const now = useNow({ updateInterval: 60_000 });
  const { busy, error, act } = useAct();
  const [asking, setAsking] = useState(false);
  const { id, name, prefix, scopes, addresses, created_at, expires_at } = apiKey;
  const isOver = expires_at !== null && new Date(expires_at) <= now;
  const facts = [
    apiKey.last_used_at
      ? t("lastUsed", { time: quantity.ago(apiKey.last_used_at, now) })
      : t("neverUsed"),
    t("addedAt", { date: quantity.dateTime(created_at) }),
    expires_at ? t("keyUntil", { date: quantity.dateTime(expires_at) }) : t("keyForever"),
  ];
  const revoke = (): void => {
    setAsking(false);
    void act(
      () => keyCalls.revoke(id),
      () => {
        showToast(t("keyRevoked"));
        onRevoked();
      },
    );
  };
  return (
    <li className={classes.row}>
      <KeyRound size={22} strokeWidth={1.6} aria-hidden />
      <div className={classes.words}>
        <p className={classes.device}>
          <UserText>{name}</UserText>
          <code dir="ltr" className={page.code}>
            {prefix}…
          </code>
          {isOver && <StateChip tone="warn" label={t("keyExpired")} />}
        </p>
        <p className={classes.facts}>
          <bdi dir="ltr">{scopes.join(", ")}</bdi>
          {addresses.length > 0 && (
            <>
              {" · "}
              <bdi dir="ltr">{addresses.join(", ")}</bdi>
            </>
          )}
        </p>
        <p className={classes.facts}>
          {facts.join(" · ")}
          {apiKey.last_used_address && (
            <>
              {" · "}
              <bdi dir="ltr">{apiKey.last_used_address}</bdi>
            </>
          )}
        </p>
        {error !== null && <ProblemNotice heading={t("keyRevokeFailed")} error={error} compact />}
      </div>
      <Button
        variant="subtle"
        color="danger"
        size="xs"
        loading={busy}
        aria-label={t("keyRevokeOne", { name })}
        onClick={() => setAsking(true)}
      >
        {t("keyRevoke")}
      </Button>
      {asking && (
        <Suspense>
          <ConfirmDialog
            title={t("keyRevokeOne", { name })}
            text={t("keyRevokeText")}
            label={t("keyRevoke")}
            isDanger
            busy={busy}
            onClose={() => setAsking(false)}
            onConfirm={revoke}
          />
        </Suspense>
      )}
    </li>
  );
}
