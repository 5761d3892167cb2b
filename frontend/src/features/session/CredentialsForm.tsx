import { Button } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import type { Challenge } from "@/api/accountShapes";
import { asProblem } from "@/api/problem";
import { signIn } from "@/api/session/sessionActions";
import { EmailField } from "@/design/EmailField";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import classes from "./CredentialsForm.module.css";
import { challengeOf } from "./challenge";

interface Props {
  /** An e-mail address already known, which then cannot be changed. */
  fixedEmail?: string | undefined;
  onDone(): void;
  /** The password is right, and not enough. */
  onSecondStep(challenge: Challenge): void;
}

/** E-mail and password, on the sign-in page and in the dialog after a session has ended. */
export function CredentialsForm({ fixedEmail, onDone, onSecondStep }: Props) {
  const t = useTranslations("session");
  const [email, setEmail] = useState(fixedEmail ?? "");
  const [password, setPassword] = useState("");
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const minutes = Math.ceil((refused?.retryAfterS ?? 60) / 60);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setChecked(true);
    if (!email.trim() || !password) return;
    setBusy(true);
    setError(null);
    try {
      await signIn(email.trim(), password);
      onDone();
    } catch (refusal) {
      const step = challengeOf(asProblem(refusal));
      if (step) onSecondStep(step);
      else setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
      {refused && (
        <ProblemNotice
          {...(refused.code === "rate_limited" && { heading: t("tooManyTries", { minutes }) })}
          error={refused}
          fields={["email", "password"]}
          compact
        />
      )}
      <EmailField
        label={t("email")}
        name="email"
        autoComplete="username webauthn"
        size="md"
        value={email}
        readOnly={fixedEmail !== undefined}
        onChange={(event) => setEmail(event.currentTarget.value)}
        error={checked && !email.trim() ? t("emailRequired") : wrongWith("email")}
        data-autofocus={fixedEmail === undefined || undefined}
      />
      <PasswordField
        label={t("password")}
        name="password"
        autoComplete="current-password"
        size="md"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        error={checked && !password ? t("passwordRequired") : wrongWith("password")}
        data-autofocus={fixedEmail !== undefined || undefined}
      />
      <Button type="submit" size="md" loading={busy}>
        {t("signIn")}
      </Button>
    </form>
  );
}
