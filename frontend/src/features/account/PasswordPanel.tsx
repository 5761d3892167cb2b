import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { profileCalls } from "@/api/accountCalls";
import { api, unwrap } from "@/api/client";
import { PASSWORD_MIN_LENGTH } from "@/api/constants.gen";
import { asProblem } from "@/api/problem";
import { Panel } from "@/design/Panel";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { useFieldProblem } from "@/design/useFieldProblem";
import classes from "./AccountPage.module.css";
import { useAct } from "./useAct";
import { profileKey, useProfile } from "./useProfile";

export function PasswordPanel() {
  const t = useTranslations();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [checked, setChecked] = useState(false);
  const client = useQueryClient();
  const { data: profile } = useProfile();
  const { busy, error, act } = useAct();
  const hasOne = profile?.has_password !== false;
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const short = fresh.length < PASSWORD_MIN_LENGTH;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setChecked(true);
    if ((hasOne && !current) || short) return;
    const change = (): Promise<unknown> =>
      hasOne
        ? unwrap(api.POST("/auth/password", { body: { current, new: fresh } }))
        : profileCalls.passwordSet(fresh);
    void act(change, () => {
      showToast(t(hasOne ? "account.passwordChanged" : "security.passwordSet"));
      setCurrent("");
      setFresh("");
      setChecked(false);
      void client.invalidateQueries({ queryKey: profileKey });
    });
  };

  return (
    <Panel
      title={t("account.password")}
      lead={t(hasOne ? "account.passwordNote" : "security.passwordNone")}
    >
      <form className={classes.form} onSubmit={submit} noValidate>
        {refused && (
          <ProblemNotice
            heading={t("account.passwordFailed")}
            error={refused}
            fields={["current", "new"]}
            compact
          />
        )}
        {hasOne && (
          <PasswordField
            label={t("account.currentPassword")}
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            error={checked && !current ? t("session.passwordRequired") : wrongWith("current")}
          />
        )}
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
          {t(hasOne ? "account.changePassword" : "security.passwordSetButton")}
        </Button>
      </form>
    </Panel>
  );
}
