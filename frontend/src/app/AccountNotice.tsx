import { Button } from "@mantine/core";
import { MailWarning, ShieldAlert } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { profileCalls } from "@/api/accountCalls";
import { showProblem, showToast } from "@/design/toasts";
import banner from "./Banner.module.css";

interface Props {
  email: string;
  wants: "factor" | "address";
}

export default function AccountNotice({ email, wants }: Props) {
  const t = useTranslations("shell");
  if (wants === "address") return <UnverifiedAddress email={email} />;
  return (
    <p className={banner.banner} data-inset>
      <ShieldAlert size={16} aria-hidden />
      <span>{t("mustAddFactor")}</span>
      <Button component={Link} to="/account/security" variant="default" size="compact-sm">
        {t("toSecurity")}
      </Button>
    </p>
  );
}

function UnverifiedAddress({ email }: { email: string }) {
  const t = useTranslations("shell");
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const again = async (): Promise<void> => {
    setBusy(true);
    try {
      await profileCalls.verificationSend();
      setSent(true);
      showToast(t("verifySent"));
    } catch (refusal) {
      showProblem(t("verifyFailed"), refusal);
    } finally {
      setBusy(false);
    }
  };
  if (sent) return null;
  return (
    <p className={banner.banner} data-inset data-tone="plain">
      <MailWarning size={16} aria-hidden />
      <span>{t("verifyText", { email })}</span>
      <Button variant="default" size="compact-sm" loading={busy} onClick={() => void again()}>
        {t("verifyAgain")}
      </Button>
    </p>
  );
}
