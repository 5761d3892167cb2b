import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { profileCalls } from "@/api/accountCalls";
import { asProblem } from "@/api/problem";
import { EmailField } from "@/design/EmailField";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import { showToast } from "@/design/toasts";
import { useFieldProblem } from "@/design/useFieldProblem";
import classes from "./AccountPage.module.css";
import { useAct } from "./useAct";
import { useProfile } from "./useProfile";

/** The address, whether it is confirmed, and its change, which both addresses must confirm. */
export function EmailPanel() {
  const t = useTranslations("security");
  const { data: profile } = useProfile();
  const [email, setEmail] = useState("");
  const [asked, setAsked] = useState<string | null>(null);
  const change = useAct();
  const again = useAct();
  const refused = change.error === null ? null : asProblem(change.error);
  const wrongWith = useFieldProblem(refused);
  const wanted = email.trim();

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void change.act(
      () => profileCalls.emailChange(wanted),
      () => {
        setAsked(wanted);
        setEmail("");
      },
    );
  };
  if (!profile) return null;
  const isUnverified = profile.email_verified === false;
  return (
    <Panel
      title={t("email")}
      lead={t("emailLead")}
      aside={
        profile.email_verified !== undefined && (
          <StateChip
            tone={isUnverified ? "warn" : "good"}
            label={t(isUnverified ? "emailUnverified" : "emailVerified")}
          />
        )
      }
    >
      {isUnverified && (
        <div className={classes.line}>
          <Button
            variant="default"
            size="xs"
            loading={again.busy}
            onClick={() =>
              void again.act(profileCalls.verificationSend, () => showToast(t("emailSent")))
            }
          >
            {t("emailSendAgain")}
          </Button>
        </div>
      )}
      {again.error !== null && (
        <ProblemNotice heading={t("emailSendFailed")} error={again.error} compact />
      )}
      <form className={classes.form} onSubmit={submit} noValidate>
        {refused && (
          <ProblemNotice
            heading={t("emailChangeFailed")}
            error={refused}
            fields={["email"]}
            compact
          />
        )}
        {asked && (
          <p className={classes.said} role="status">
            {t("emailChangeAsked", { email: asked, current: profile.email })}
          </p>
        )}
        <EmailField
          label={t("emailNew")}
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={wrongWith("email")}
        />
        <Button type="submit" loading={change.busy} disabled={!wanted || wanted === profile.email}>
          {t("emailChange")}
        </Button>
      </form>
    </Panel>
  );
}
