import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { announceSignOut } from "@/features/session/sessionChannel";
import classes from "./AccountPage.module.css";
import { useProfile } from "./useProfile";

export function DeleteAccountPanel() {
  const t = useTranslations();
  const email = useProfile().data?.email;
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const close = (): void => {
    setOpened(false);
    setTyped("");
    setError(null);
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await unwrap(api.DELETE("/api/v1/account"));
      announceSignOut();
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };

  return (
    <Panel title={t("account.deleteTitle")}>
      <p className={classes.note}>{t("account.deleteText")}</p>
      <Button variant="outline" color="danger" mt="md" onClick={() => setOpened(true)}>
        {t("account.deleteButton")}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t("account.deleteTitle")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        <form onSubmit={(event) => void submit(event)}>
          <p className={classes.note}>{t("account.deleteText")}</p>
          {error !== null && (
            <ProblemNotice heading={t("account.deleteFailed")} error={error} compact />
          )}
          <TextInput
            mt="md"
            label={t("account.deleteConfirm")}
            placeholder={email}
            dir="ltr"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={close}>
              {t("common.cancel")}
            </Button>
            <Button
              type="submit"
              color="danger"
              loading={busy}
              disabled={!email || typed.trim().toLowerCase() !== email.toLowerCase()}
            >
              {t("account.deleteButton")}
            </Button>
          </Group>
        </form>
      </Modal>
    </Panel>
  );
}
