import { useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import classes from "./AccountPage.module.css";
import { DeleteAccountPanel } from "./DeleteAccountPanel";
import { PasswordPanel } from "./PasswordPanel";
import { ProfilePanel } from "./ProfilePanel";
import { SessionsPanel } from "./SessionsPanel";
import { UsagePanel } from "./UsagePanel";

export default function AccountPage() {
  const t = useTranslations("account");
  return (
    <div className={classes.page}>
      <PageHeader title={t("title")} />
      <div className={classes.panels}>
        <ProfilePanel />
        <UsagePanel />
        <SessionsPanel />
        <PasswordPanel />
        <DeleteAccountPanel />
      </div>
    </div>
  );
}
