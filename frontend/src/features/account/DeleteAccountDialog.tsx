import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { accountClose } from "@/api/accountCalls";
import { asProblem } from "@/api/problem";
import { announceSignOut } from "@/api/session/sessionChannel";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./AccountPage.module.css";
import { Dialog, DialogForm } from "./DialogForm";
import { useAct } from "./useAct";
import { useProfile } from "./useProfile";

/** Asks for the password, where there is one, and says until when the account can be kept. */
export default function DeleteAccountDialog({ onClose }: { onClose(): void }) {
  const t = useTranslations();
  const quantity = useQuantity();
  const [password, setPassword] = useState("");
  const { data: profile } = useProfile();
  const { busy, error, act } = useAct();
  const hasPassword = profile?.has_password !== false;
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
    onClose();
  };

  const submit = (): void => {
    void act(
      // Without a password of the account, a fresh proof of another kind serves.
      () => accountClose(hasPassword ? password : undefined),
      ({ deletes_at }) => setDeletesAt(deletes_at),
    ).finally(() => setPassword(""));
  };

  return (
    <Dialog
      title={t(deletesAt === null ? "account.deleteTitle" : "account.deletedTitle")}
      onClose={close}
    >
      {deletesAt === null ? (
        <DialogForm
          label={t("account.deleteButton")}
          busy={busy}
          disabled={hasPassword && !password}
          isDanger
          onClose={close}
          onSubmit={submit}
        >
          <p className={classes.note}>{t("account.deleteText")}</p>
          {refused && (
            <ProblemNotice
              heading={t("account.deleteFailed")}
              error={refused}
              fields={["password"]}
              compact
            />
          )}
          {hasPassword && (
            <PasswordField
              label={t("account.currentPassword")}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              error={wrongWith("password")}
              data-autofocus
            />
          )}
        </DialogForm>
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
    </Dialog>
  );
}
