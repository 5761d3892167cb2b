import { useTranslations } from "use-intl";
import { signInCalls } from "@/api/accountCalls";
import { MailLinkPage } from "./MailLinkPage";

export default function VerifyEmailPage() {
  const t = useTranslations("session");
  return (
    <MailLinkPage
      title={t("verifyTitle")}
      use={(token) => signInCalls.emailVerify(token).then(() => t("verified"))}
    />
  );
}
