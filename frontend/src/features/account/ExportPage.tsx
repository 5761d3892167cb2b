import { useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import classes from "./AccountPage.module.css";
import { DeleteAccountPanel } from "./DeleteAccountPanel";
import { ExportPanel } from "./ExportPanel";

export default function ExportPage() {
  const t = useTranslations("sections");
  return (
    <>
      <PageHeader title={t("exportTitle")} />
      <div className={classes.panels}>
        <ExportPanel />
        <DeleteAccountPanel />
      </div>
    </>
  );
}
