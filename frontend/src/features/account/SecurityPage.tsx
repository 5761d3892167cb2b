import { ShieldAlert } from "lucide-react";
import { Suspense } from "react";
import { useTranslations } from "use-intl";
import { lazyPart } from "@/code/lazyPart";
import { MissingSilently } from "@/code/MissingPart";
import { PageHeader } from "@/design/PageHeader";
import classes from "./AccountPage.module.css";
import { OtpPanel } from "./OtpPanel";
import { PasskeysPanel } from "./PasskeysPanel";
import { PasswordPanel } from "./PasswordPanel";
import { RecoveryPanel } from "./RecoveryPanel";
import { useProfile } from "./useProfile";

const IdentitiesPanel = lazyPart(() => import("./IdentitiesPanel"), MissingSilently);

export default function SecurityPage() {
  const t = useTranslations();
  const { data: profile } = useProfile();
  return (
    <>
      <PageHeader title={t("sections.securityTitle")} />
      {profile?.must_add_factor && (
        <p className={classes.must} role="status">
          <ShieldAlert size={18} aria-hidden />
          {t("security.mustAdd")}
        </p>
      )}
      <div className={classes.panels}>
        <PasskeysPanel />
        <OtpPanel />
        <RecoveryPanel />
        <PasswordPanel />
        <Suspense>
          <IdentitiesPanel />
        </Suspense>
      </div>
    </>
  );
}
