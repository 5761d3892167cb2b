import { Button } from "@mantine/core";
import { MonitorSmartphone } from "lucide-react";
import { useLocale, useTranslations } from "use-intl";
import type { Session } from "@/api/shapes";
import { StateChip } from "@/design/StateChip";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import { deviceName } from "./device";
import { placeName } from "./place";
import classes from "./SessionsPanel.module.css";

const NOWHERE = { city: "", country: "" };

interface Props {
  session: Session;
  now: Date;
  onEnd(): void;
}

export function SessionRow({ session, now, onEnd }: Props) {
  const t = useTranslations("account");
  const quantity = useQuantity();
  const device = deviceName(session.device) ?? t("unknownDevice");
  const { city, country } = placeName(session.place ?? NOWHERE, useLocale());
  const place = city && country ? t("place", { city, country }) : city || country;
  const facts = [
    ...(place ? [place] : []),
    t("lastSeen", { time: quantity.ago(session.last_seen_at, now) }),
    t("started", { time: quantity.dateTime(session.created_at) }),
  ];
  return (
    <li className={classes.row}>
      <MonitorSmartphone size={22} strokeWidth={1.6} aria-hidden />
      <div className={classes.words}>
        <p className={classes.device} title={session.device}>
          <UserText>{device}</UserText>
          {session.current && <StateChip tone="good" label={t("thisSession")} />}
        </p>
        <p className={classes.facts}>
          {session.address && (
            <>
              <bdi dir="ltr">{session.address}</bdi>
              {" · "}
            </>
          )}
          {facts.join(" · ")}
        </p>
      </div>
      <Button
        variant="subtle"
        color="danger"
        size="xs"
        aria-label={t("endSession", { device })}
        onClick={onEnd}
      >
        {t("end")}
      </Button>
    </li>
  );
}
