import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Challenge } from "@/api/accountShapes";
import { announceSignOut } from "@/api/session/sessionChannel";
import { useReturnFocus } from "@/design/useReturnFocus";
import { useOverview } from "@/model/useOverview";
import classes from "./SessionEndedDialog.module.css";
import { SignInFlow } from "./SignInFlow";
import { useSignInOptions } from "./useSignInOptions";

/** Asks for the password over the page that was being worked on, which stays as it is. */
export default function SessionEndedDialog() {
  const t = useTranslations("session");
  useReturnFocus();
  const options = useSignInOptions();
  const [challenge, setChallenge] = useState<Challenge | null>(null);
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
      <SignInFlow
        options={options}
        fixedEmail={email}
        returnTo={globalThis.location.pathname}
        challenge={challenge}
        onChallenge={setChallenge}
        onDone={() => undefined}
      />
      <Button variant="subtle" fullWidth mt="sm" onClick={announceSignOut}>
        {t("otherAccount")}
      </Button>
    </Modal>
  );
}
