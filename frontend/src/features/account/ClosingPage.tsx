import { Button, Group } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { renewAccess } from "@/api/session/renewal";
import { signOut } from "@/api/session/sessionActions";
import { sessionStore } from "@/api/session/sessionStore";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { AuthLayout } from "@/frame/AuthLayout";
import { LateMessages } from "@/i18n/LateMessages";
import { useQuantity } from "@/i18n/useQuantity";
import classes from "./AccountPage.module.css";
import { useProfile } from "./useProfile";

/** All there is to see of an account that will be deleted: until when it can be kept, and how. */
export default function ClosingPage() {
  return (
    <LateMessages>
      <Closing />
    </LateMessages>
  );
}

function Closing() {
  const t = useTranslations();
  const quantity = useQuantity();
  const profile = useProfile();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const due = profile.data?.deletion_due_at;

  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
    }
  };
  const keep = async (): Promise<void> => {
    await unwrap(api.POST("/api/v1/account/restore"));
    // The token of a closed account opens nothing else, so this page ends with the next one.
    await renewAccess(sessionStore.get().access?.token ?? null);
    showToast(t("account.kept"));
  };

  return (
    <AuthLayout
      title={t("account.closingTitle")}
      lead={due ? t("account.closingText", { date: quantity.dateTime(due) }) : ""}
    >
      {profile.error && (
        <ProblemNotice heading={t("account.profileFailed")} error={profile.error} compact />
      )}
      {error !== null && <ProblemNotice heading={t("account.keepFailed")} error={error} compact />}
      <p className={classes.note}>
        {t("account.closingNote", { email: profile.data?.email ?? "" })}
      </p>
      <Group mt="lg">
        <Button loading={busy} onClick={() => void attempt(keep)}>
          {t("account.keep")}
        </Button>
        <Button variant="default" disabled={busy} onClick={() => void attempt(signOut)}>
          {t("shell.signOut")}
        </Button>
      </Group>
    </AuthLayout>
  );
}
