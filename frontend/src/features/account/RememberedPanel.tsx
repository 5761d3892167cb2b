import { Skeleton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { MonitorCheck } from "lucide-react";
import { useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import type { RememberedDevice } from "@/api/accountShapes";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import page from "./AccountPage.module.css";
import { deviceName } from "./device";
import { EndableRow } from "./EndableRow";
import { Rows } from "./Row";
import { factorsKey, useFactors } from "./useFactors";

/** Browsers in which the second step is not asked for. */
export function RememberedPanel() {
  const t = useTranslations("security");
  const { data, isPending, error, refetch } = useFactors();
  return (
    <Panel title={t("remembered")} lead={t("rememberedLead")}>
      {isPending && <Skeleton h={60} />}
      {error && (
        <ProblemNotice
          heading={t("rememberedFailed")}
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data?.remembered_devices.length === 0 && <p className={page.note}>{t("rememberedNone")}</p>}
      {data && data.remembered_devices.length > 0 && (
        <Rows testId="remembered-devices">
          {data.remembered_devices.map((device) => (
            <DeviceRow key={device.id} device={device} />
          ))}
        </Rows>
      )}
    </Panel>
  );
}

function DeviceRow({
  device: { id, device, created_at, expires_at },
}: {
  device: RememberedDevice;
}) {
  const t = useTranslations();
  const quantity = useQuantity();
  const client = useQueryClient();
  const name = deviceName(device) ?? t("account.unknownDevice");
  return (
    <EndableRow
      icon={MonitorCheck}
      hint={device}
      name={<UserText>{name}</UserText>}
      facts={[
        [
          t("security.rememberedFrom", {
            from: quantity.dateTime(created_at),
            until: quantity.dateTime(expires_at),
          }),
        ],
      ]}
      ending={{
        label: t("security.rememberedForget"),
        title: t("security.rememberedForgetOne", { device: name }),
        work: () => factorCalls.deviceForget(id),
        done: () => {
          showToast(t("security.rememberedForgotten"));
          void client.invalidateQueries({ queryKey: factorsKey });
        },
      }}
    />
  );
}
