import { useTranslations } from "use-intl";
import { signInCalls } from "@/api/accountCalls";
import { MailLinkPage } from "./MailLinkPage";

export default function ConfirmEmailPage() {
  const t = useTranslations("session");
  return (
    <MailLinkPage
      title={t("confirmTitle")}
      use={async (token) => {
        const { state } = await signInCalls.emailConfirm(token);
        return t(state === "changed" ? "emailChanged" : "emailWaiting");
      }}
    />
  );
}
