import { Button, Skeleton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import { passkeyMade, passkeysSupported } from "@/api/passkeys";
import { lazyDialog, lazyPart } from "@/code/lazyPart";
import { MissingPart } from "@/code/MissingPart";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import classes from "./AccountPage.module.css";
import { deviceName } from "./device";
import { useAct } from "./useAct";
import { factorsKey, useFactors } from "./useFactors";
import { profileKey } from "./useProfile";

const PasskeyList = lazyPart(() => import("./PasskeyList"), MissingPart);
const RecoveryCodesDialog = lazyDialog(() => import("./RecoveryCodesDialog"));

export function PasskeysPanel() {
  const t = useTranslations("security");
  const client = useQueryClient();
  const { data, isPending, error, refetch } = useFactors();
  const { busy, error: refused, act } = useAct();
  const [codes, setCodes] = useState<string[]>([]);

  const changed = (): void => {
    void client.invalidateQueries({ queryKey: factorsKey });
    void client.invalidateQueries({ queryKey: profileKey });
  };
  const add = (): void => {
    void act(
      async () => {
        const { options, state } = await factorCalls.passkeyOptions();
        const credential = await passkeyMade(options);
        // Named after the browser that made it; a better name is a click away.
        const name = deviceName(navigator.userAgent) ?? t("passkey");
        return factorCalls.passkeyAdd({ state, credential }, name);
      },
      ({ recovery_codes }) => {
        setCodes(recovery_codes);
        changed();
        showToast(t("passkeyAdded"));
      },
    );
  };
  const passkeys = data?.passkeys ?? [];
  return (
    <Panel
      title={t("passkeys")}
      lead={t("passkeysLead")}
      aside={
        data &&
        passkeysSupported() && (
          <Button size="xs" loading={busy} onClick={add}>
            {t("passkeyAdd")}
          </Button>
        )
      }
    >
      {isPending && <Skeleton h={60} />}
      {error && (
        <ProblemNotice heading={t("factorsFailed")} error={error} onRetry={() => void refetch()} />
      )}
      {refused !== null && (
        <ProblemNotice heading={t("passkeyAddFailed")} error={refused} compact />
      )}
      {data && passkeys.length === 0 && (
        <p className={classes.note}>
          {t(passkeysSupported() ? "passkeysNone" : "passkeysUnsupported")}
        </p>
      )}
      {passkeys.length > 0 && (
        <Suspense fallback={<Skeleton h={60} />}>
          <PasskeyList passkeys={passkeys} onChanged={changed} />
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
