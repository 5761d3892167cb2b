import { useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import classes from "./AccountPage.module.css";
import { EmailPanel } from "./EmailPanel";
import { LanguagePanel } from "./LanguagePanel";
import { ProfilePanel } from "./ProfilePanel";
import { UsagePanel } from "./UsagePanel";

export default function AccountPage() {
  const t = useTranslations("sections");
  return (
    <>
      <PageHeader title={t("title")} />
      <div className={classes.panels}>
        <ProfilePanel />
        <EmailPanel />
        <LanguagePanel />
        <UsagePanel />
      </div>
    </>
  );
}
