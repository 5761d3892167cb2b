import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { PASSWORD_MIN_LENGTH } from "@/api/constants.gen";
import { asProblem } from "@/api/problem";
import { Panel } from "@/design/Panel";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { useFieldProblem } from "@/design/useFieldProblem";
import classes from "./AccountPage.module.css";

export function PasswordPanel() {
  const t = useTranslations();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const short = fresh.length < PASSWORD_MIN_LENGTH;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setChecked(true);
    if (!current || short) return;
    setBusy(true);
    setError(null);
    try {
      await unwrap(api.POST("/auth/password", { body: { current, new: fresh } }));
      showToast(t("account.passwordChanged"));
      setCurrent("");
      setFresh("");
      setChecked(false);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Panel title={t("account.password")} lead={t("account.passwordNote")}>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        {refused && (
          <ProblemNotice
            heading={t("account.passwordFailed")}
            error={refused}
            fields={["current", "new"]}
            compact
          />
        )}
        <PasswordField
          label={t("account.currentPassword")}
          autoComplete="current-password"
          value={current}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          error={checked && !current ? t("session.passwordRequired") : wrongWith("current")}
        />
        <PasswordField
          label={t("account.newPassword")}
          description={t("session.passwordHint", { count: PASSWORD_MIN_LENGTH })}
          autoComplete="new-password"
          value={fresh}
          onChange={(event) => setFresh(event.currentTarget.value)}
          error={
            checked && short
              ? t("session.passwordShort", { count: PASSWORD_MIN_LENGTH })
              : wrongWith("new")
          }
        />
        <Button type="submit" loading={busy}>
          {t("account.changePassword")}
        </Button>
      </form>
    </Panel>
  );
}
