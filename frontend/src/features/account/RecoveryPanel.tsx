import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import { lazyDialog } from "@/code/lazyPart";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import classes from "./AccountPage.module.css";
import { useAct } from "./useAct";
import { factorsKey, useFactors } from "./useFactors";

const ConfirmDialog = lazyDialog(() => import("@/design/ConfirmDialog"));
const RecoveryCodesDialog = lazyDialog(() => import("./RecoveryCodesDialog"));

const FEW = 3;

/** The codes for a lost telephone; there are some as soon as there is a second factor. */
export function RecoveryPanel() {
  const t = useTranslations("security");
  const client = useQueryClient();
  const { data } = useFactors();
  const { busy, error, act } = useAct();
  const [asking, setAsking] = useState(false);
  const [codes, setCodes] = useState<string[]>([]);
  if (!data || (!data.otp && data.passkeys.length === 0)) return null;
  const left = data.recovery_codes_left;
  const renew = (): void => {
    setAsking(false);
    void act(factorCalls.recoveryCodes, ({ recovery_codes }) => {
      setCodes(recovery_codes);
      void client.invalidateQueries({ queryKey: factorsKey });
    });
  };
  return (
    <Panel
      title={t("codes")}
      lead={t("codesLead")}
      aside={
        <StateChip tone={left > FEW ? "good" : "warn"} label={t("codesLeft", { count: left })} />
      }
    >
      {error !== null && <ProblemNotice heading={t("codesFailed")} error={error} compact />}
      {left <= FEW && <p className={classes.note}>{t("codesFew")}</p>}
      <Button
        variant="default"
        mt={left <= FEW ? "sm" : 0}
        loading={busy}
        onClick={() => setAsking(true)}
      >
        {t("codesRenew")}
      </Button>
      {asking && (
        <Suspense>
          <ConfirmDialog
            title={t("codesRenew")}
            text={t("codesRenewText")}
            label={t("codesRenew")}
            busy={busy}
            onClose={() => setAsking(false)}
            onConfirm={renew}
          />
        </Suspense>
      )}
      {codes.length > 0 && (
        <Suspense>
          <RecoveryCodesDialog codes={codes} onClose={() => setCodes([])} />
        </Suspense>
      )}
    </Panel>
  );
}
