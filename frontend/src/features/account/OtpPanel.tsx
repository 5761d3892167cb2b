import { Button, Group, Skeleton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import type { OtpSetup } from "@/api/accountShapes";
import { lazyDialog } from "@/code/lazyPart";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./AccountPage.module.css";
import { useAct } from "./useAct";
import { factorsKey, useFactors } from "./useFactors";
import { profileKey } from "./useProfile";

const ConfirmDialog = lazyDialog(() => import("@/design/ConfirmDialog"));
const RecoveryCodesDialog = lazyDialog(() => import("./RecoveryCodesDialog"));

const OtpDialog = lazyDialog(() => import("./OtpDialog"));

/** The authenticator app: set up, replaced or removed. */
export function OtpPanel() {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const client = useQueryClient();
  const { data, isPending, error } = useFactors();
  const { busy, error: refused, reset, act } = useAct();
  const [setup, setSetup] = useState<OtpSetup | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const [removing, setRemoving] = useState(false);

  const changed = (): void => {
    void client.invalidateQueries({ queryKey: factorsKey });
    void client.invalidateQueries({ queryKey: profileKey });
  };
  const remove = (): void => {
    setRemoving(false);
    void act(factorCalls.otpRemove, () => {
      changed();
      showToast(t("otpRemoved"));
    });
  };
  if (error && !data) return null; // the panel of passkeys, which asks for the same, says so
  const otp = data?.otp;
  return (
    <Panel
      title={t("otp")}
      lead={t("otpLead")}
      aside={data && <StateChip tone={otp ? "good" : "neutral"} label={t(otp ? "on" : "off")} />}
    >
      {isPending && <Skeleton h={40} />}
      {refused !== null && <ProblemNotice heading={t("otpFailed")} error={refused} compact />}
      {otp && (
        <p className={classes.note}>
          {t("otpSince", { date: quantity.dateTime(otp.confirmed_at) })}
        </p>
      )}
      {data && (
        <Group gap="xs" mt={otp ? "sm" : 0}>
          {otp ? (
            <Button
              variant="outline"
              color="danger"
              loading={busy}
              onClick={() => setRemoving(true)}
            >
              {t("otpRemove")}
            </Button>
          ) : (
            <Button loading={busy} onClick={() => void act(factorCalls.otpBegin, setSetup)}>
              {t("otpBegin")}
            </Button>
          )}
        </Group>
      )}
      {setup && (
        <Suspense>
          <OtpDialog
            setup={setup}
            onClose={() => setSetup(null)}
            onConfirmed={(fresh) => {
              setSetup(null);
              setCodes(fresh);
              changed();
              showToast(t("otpAdded"));
            }}
          />
        </Suspense>
      )}
      {codes.length > 0 && (
        <Suspense>
          <RecoveryCodesDialog codes={codes} onClose={() => setCodes([])} />
        </Suspense>
      )}
      {removing && (
        <Suspense>
          <ConfirmDialog
            title={t("otpRemove")}
            text={t("otpRemoveText")}
            label={t("otpRemove")}
            isDanger
            busy={busy}
            onClose={() => {
              setRemoving(false);
              reset();
            }}
            onConfirm={remove}
          />
        </Suspense>
      )}
    </Panel>
  );
}
