import { MonitorSmartphone } from "lucide-react";
import { useLocale, useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { signOut } from "@/api/session/sessionActions";
import type { Session } from "@/api/shapes";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import { deviceName } from "./device";
import { EndableRow } from "./EndableRow";
import { placeName } from "./place";

const NOWHERE = { city: "", country: "" };

interface Props {
  session: Session;
  now: Date;
  onEnded(): void;
}

export function SessionRow({ session, now, onEnded }: Props) {
  const t = useTranslations("account");
  const quantity = useQuantity();
  const { id, address, current, created_at, last_seen_at } = session;
  const device = deviceName(session.device) ?? t("unknownDevice");
  const { city, country } = placeName(session.place ?? NOWHERE, useLocale());
  return (
    <EndableRow
      icon={MonitorSmartphone}
      hint={session.device}
      name={
        <>
          <UserText>{device}</UserText>
          {current && <StateChip tone="good" label={t("thisSession")} />}
        </>
      }
      facts={[
        [
          address && <bdi dir="ltr">{address}</bdi>,
          city && country ? t("place", { city, country }) : city || country,
          t("lastSeen", { time: quantity.ago(last_seen_at, now) }),
          t("started", { time: quantity.dateTime(created_at) }),
        ],
      ]}
      ending={{
        label: t("end"),
        title: t("endSession", { device }),
        failed: t("endFailed"),
        work: () =>
          current
            ? signOut()
            : unwrap(
                api.DELETE("/auth/sessions/{session_id}", { params: { path: { session_id: id } } }),
              ),
        done: () => {
          if (current) return; // the page goes away with the session
          showToast(t("ended"));
          onEnded();
        },
      }}
    />
  );
}
