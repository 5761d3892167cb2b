import { Skeleton } from "@mantine/core";
import { useTranslations } from "use-intl";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useQuantity } from "@/i18n/useQuantity";
import { ProfileForm } from "./ProfileForm";
import { useProfile } from "./useProfile";

export function ProfilePanel() {
  const t = useTranslations("account");
  const quantity = useQuantity();
  const { data: profile, isPending, error, refetch } = useProfile();
  const since = profile && t("memberSince", { date: quantity.dateTime(profile.created_at) });
  return (
    <Panel title={t("profile")} {...(since && { lead: since })}>
      {isPending && <Skeleton h={150} />}
      {error && (
        <ProblemNotice heading={t("profileFailed")} error={error} onRetry={() => void refetch()} />
      )}
      {profile && <ProfileForm profile={profile} />}
    </Panel>
  );
}
