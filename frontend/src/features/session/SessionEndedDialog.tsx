import { Button, Modal } from "@mantine/core";
import { useTranslations } from "use-intl";
import { announceSignOut } from "@/api/session/sessionChannel";
import { useReturnFocus } from "@/design/useReturnFocus";
import { useOverview } from "@/model/useOverview";
import { CredentialsForm } from "./CredentialsForm";
import classes from "./SessionEndedDialog.module.css";

/** Asks for the password over the page that was being worked on, which stays as it is. */
export default function SessionEndedDialog() {
  const t = useTranslations("session");
  useReturnFocus();
  const email = useOverview().data?.user?.email;
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
      title={t("expiredTitle")}
      padding="xl"
    >
      <p className={classes.text}>{t("expiredText")}</p>
      <CredentialsForm fixedEmail={email} onDone={() => undefined} />
      <Button variant="subtle" fullWidth mt="sm" onClick={announceSignOut}>
        {t("otherAccount")}
      </Button>
    </Modal>
  );
}
