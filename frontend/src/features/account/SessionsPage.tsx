import { useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import classes from "./AccountPage.module.css";
import { RememberedPanel } from "./RememberedPanel";
import { SessionsPanel } from "./SessionsPanel";

export default function SessionsPage() {
  const t = useTranslations("sections");
  return (
    <>
      <PageHeader title={t("sessionsTitle")} />
      <div className={classes.panels}>
        <SessionsPanel />
        <RememberedPanel />
      </div>
    </>
  );
}
