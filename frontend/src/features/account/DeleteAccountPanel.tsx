import { Button, Group, Modal } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import { announceSignOut } from "@/api/session/sessionChannel";
import { Panel } from "@/design/Panel";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./AccountPage.module.css";

export function DeleteAccountPanel() {
  const t = useTranslations();
  const quantity = useQuantity();
  const [opened, setOpened] = useState(false);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [deletesAt, setDeletesAt] = useState<string | null>(null);
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const close = (): void => {
    if (busy) return; // the response would have nowhere to be shown
    // The session has ended with the account; the page signs out once the date has been read.
    if (deletesAt !== null) {
      announceSignOut();
      return;
    }
    setOpened(false);
    setPassword("");
    setError(null);
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const closed = await unwrap(api.DELETE("/api/v1/account", { body: { password } }));
      setDeletesAt(closed.deletes_at);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setPassword("");
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
        title={t(deletesAt === null ? "account.deleteTitle" : "account.deletedTitle")}
        closeButtonProps={{ "aria-label": t("common.close") }}
      >
        {deletesAt === null ? (
          <form onSubmit={(event) => void submit(event)}>
            <p className={classes.note}>{t("account.deleteText")}</p>
            {refused && (
              <ProblemNotice
                heading={t("account.deleteFailed")}
                error={refused}
                fields={["password"]}
                compact
              />
            )}
            <PasswordField
              mt="md"
              label={t("account.currentPassword")}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={wrongWith("password")}
              data-autofocus
            />
            <Group justify="flex-end" mt="lg">
              <Button variant="default" onClick={close}>
                {t("common.cancel")}
              </Button>
              <Button type="submit" color="danger" loading={busy} disabled={!password}>
                {t("account.deleteButton")}
              </Button>
            </Group>
          </form>
        ) : (
          <>
            <p className={classes.note} role="status">
              {t("account.deletedText", { date: quantity.dateTime(deletesAt) })}
            </p>
            <Group justify="flex-end" mt="lg">
              <Button onClick={close}>{t("common.close")}</Button>
            </Group>
          </>
        )}
      </Modal>
    </Panel>
  );
}
