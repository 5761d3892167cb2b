import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { signInCalls } from "@/api/accountCalls";
import { PASSWORD_MIN_LENGTH } from "@/api/constants.gen";
import { asProblem } from "@/api/problem";
import { announceSignOut } from "@/api/session/sessionChannel";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { AuthLayout } from "@/frame/AuthLayout";
import { dropFragment } from "@/model/fragment";
import { useFragment } from "@/model/useFragment";
import classes from "./CredentialsForm.module.css";
import { LinkProblem } from "./LinkProblem";

/** The page of the link that a mail brings: a new password, after which every session has ended. */
export default function ResetPasswordPage() {
  const token = useFragment().get("token") ?? "";
  return <OpenedLink key={token} token={token} />;
}

function OpenedLink({ token }: { token: string }) {
  const t = useTranslations("session");
  const [password, setPassword] = useState("");
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const short = password.length < PASSWORD_MIN_LENGTH;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setChecked(true);
    if (short) return;
    setBusy(true);
    setError(null);
    try {
      await signInCalls.resetConfirm(token, password);
      dropFragment();
      announceSignOut();
      setDone(true);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  if (done) {
    return (
      <AuthLayout title={t("resetDoneTitle")} lead={t("resetDone")}>
        <Button component={Link} to="/sign-in" size="md" fullWidth>
          {t("toSignIn")}
        </Button>
      </AuthLayout>
    );
  }
  if (!token || refused?.code === "link_invalid") {
    return (
      <AuthLayout title={t("resetTitle")} lead="">
        <LinkProblem />
        <Button component={Link} to="/forgot-password" size="md" fullWidth mt="md">
          {t("linkAgain")}
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("resetTitle")} lead={t("resetLead")}>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        {refused && <ProblemNotice error={refused} fields={["password"]} compact />}
        <PasswordField
          label={t("newPassword")}
          name="password"
          description={t("passwordHint", { count: PASSWORD_MIN_LENGTH })}
          autoComplete="new-password"
          size="md"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={
            checked && short
              ? t("passwordShort", { count: PASSWORD_MIN_LENGTH })
              : wrongWith("password")
          }
        />
        <Button type="submit" size="md" loading={busy}>
          {t("resetButton")}
        </Button>
      </form>
    </AuthLayout>
  );
}
