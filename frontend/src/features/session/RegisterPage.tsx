import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, Navigate, useNavigate } from "react-router";
import { useTranslations } from "use-intl";
import { PASSWORD_MIN_LENGTH } from "@/api/constants.gen";
import { asProblem } from "@/api/problem";
import { register, signIn } from "@/api/session/sessionActions";
import { useSession } from "@/api/session/useSession";
import { EmailField } from "@/design/EmailField";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { AuthLayout } from "@/frame/AuthLayout";
import classes from "./CredentialsForm.module.css";

const FIELDS = ["name", "email", "password"];

export default function RegisterPage() {
  const t = useTranslations("session");
  const navigate = useNavigate();
  const { phase } = useSession();
  const [fields, setFields] = useState({ name: "", email: "", password: "" });
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [accepted, setAccepted] = useState(false);

  const short = fields.password.length < PASSWORD_MIN_LENGTH;
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const set = (name: keyof typeof fields) => (event: { currentTarget: HTMLInputElement }) =>
    setFields({ ...fields, [name]: event.currentTarget.value });

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setChecked(true);
    if (!fields.name.trim() || !fields.email.trim() || short) return;
    setBusy(true);
    setError(null);
    try {
      await register(fields.name.trim(), fields.email.trim(), fields.password);
      // The answer is the same whether or not the e-mail address had an account; only a sign-in can tell.
      await signIn(fields.email.trim(), fields.password).then(
        () => navigate("/", { replace: true }),
        (refusal: unknown) => {
          if (asProblem(refusal).code !== "invalid_credentials") setError(refusal);
          setAccepted(true);
        },
      );
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  if (phase === "active" && !busy) return <Navigate to="/" replace />;
  if (accepted) {
    return (
      <AuthLayout
        title={t("registeredTitle")}
        lead={t("registeredText", { email: fields.email.trim() })}
      >
        {refused && <ProblemNotice heading={t("notSignedIn")} error={refused} compact />}
        <Button component={Link} to="/sign-in" size="md" fullWidth>
          {t("toSignIn")}
        </Button>
      </AuthLayout>
    );
  }
  return (
    <AuthLayout title={t("registerTitle")} lead={t("registerLead")}>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        {refused && <ProblemNotice error={refused} fields={FIELDS} compact />}
        <TextInput
          label={t("name")}
          name="name"
          autoComplete="name"
          size="md"
          value={fields.name}
          onChange={set("name")}
          error={checked && !fields.name.trim() ? t("nameRequired") : wrongWith("name")}
        />
        <EmailField
          label={t("email")}
          name="email"
          autoComplete="username"
          size="md"
          value={fields.email}
          onChange={set("email")}
          error={checked && !fields.email.trim() ? t("emailRequired") : wrongWith("email")}
        />
        <PasswordField
          label={t("password")}
          name="password"
          description={t("passwordHint", { count: PASSWORD_MIN_LENGTH })}
          autoComplete="new-password"
          size="md"
          value={fields.password}
          onChange={set("password")}
          error={
            checked && short
              ? t("passwordShort", { count: PASSWORD_MIN_LENGTH })
              : wrongWith("password")
          }
        />
        <Button type="submit" size="md" loading={busy}>
          {t("register")}
        </Button>
      </form>
      <p className={classes.other}>
        {t("haveAccount")} <Link to="/sign-in">{t("toSignIn")}</Link>
      </p>
    </AuthLayout>
  );
}
