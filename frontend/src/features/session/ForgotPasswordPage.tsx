import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { signInCalls } from "@/api/accountCalls";
import { asProblem } from "@/api/problem";
import { EmailField } from "@/design/EmailField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { AuthLayout } from "@/frame/AuthLayout";
import classes from "./CredentialsForm.module.css";

/** Asks for the link to a new password. The answer is the same whether or not there is an account. */
export default function ForgotPasswordPage() {
  const t = useTranslations("session");
  const [email, setEmail] = useState("");
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wrongWith = useFieldProblem(error === null ? null : asProblem(error));

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setChecked(true);
    if (!email.trim()) return;
    setBusy(true);
    setError(null);
    try {
      await signInCalls.resetAsk(email.trim());
      setSent(true);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  if (sent) {
    return (
      <AuthLayout title={t("forgotTitle")} lead={t("forgotSent", { email: email.trim() })}>
        <p className={classes.lead}>{t("forgotSentHint")}</p>
        <p className={classes.other}>
          <Link to="/sign-in" className={classes.line}>
            {t("backToSignIn")}
          </Link>
        </p>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("forgotTitle")} lead={t("forgotLead")}>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        {error !== null && <ProblemNotice error={error} fields={["email"]} compact />}
        <EmailField
          label={t("email")}
          name="email"
          autoComplete="username"
          size="md"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={checked && !email.trim() ? t("emailRequired") : wrongWith("email")}
        />
        <Button type="submit" size="md" loading={busy}>
          {t("forgotSend")}
        </Button>
      </form>
      <p className={classes.other}>
        <Link to="/sign-in" className={classes.line}>
          {t("backToSignIn")}
        </Link>
      </p>
    </AuthLayout>
  );
}
