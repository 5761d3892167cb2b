import { Button, Checkbox, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { signInCalls } from "@/api/accountCalls";
import type { Challenge, SecondStepProof, StepMethod } from "@/api/accountShapes";
import { passkeysSupported, passkeyUsed } from "@/api/passkeys";
import { asProblem } from "@/api/problem";
import { signInBy } from "@/api/session/sessionActions";
import { ProblemNotice } from "@/design/ProblemNotice";
import classes from "./CredentialsForm.module.css";

/** What says that the step itself is over, and the password is to be given again. */
const ENDED = new Set(["challenge_invalid", "challenge_expired", "link_invalid"]);

interface Props {
  challenge: Challenge;
  onBack(): void;
  onDone(): void;
}

/** After the password: a code of the authenticator app, a passkey, or a recovery code. */
export default function SecondStep({ challenge: { challenge, methods }, onBack, onDone }: Props) {
  const t = useTranslations("session");
  const offered = methods.filter((method) => method !== "passkey" || passkeysSupported());
  const [method, setMethod] = useState<StepMethod>(offered[0] ?? "recovery");
  const [text, setText] = useState("");
  const [remember, setRemember] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isOver = error !== null && ENDED.has(asProblem(error).code);

  const prove = async (proof: () => Promise<SecondStepProof>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await signInBy(proof().then((given) => signInCalls.secondFactor(challenge, given, remember)));
      onDone();
    } catch (refusal) {
      setError(refusal);
      setText("");
    } finally {
      setBusy(false);
    }
  };
  const byPasskey = async (): Promise<SecondStepProof> => {
    const { options, state } = await signInCalls.secondFactorOptions(challenge);
    return { state, credential: await passkeyUsed(options) };
  };
  const byText = async (): Promise<SecondStepProof> =>
    method === "otp" ? { code: text.replace(/\s/g, "") } : { recovery_code: text.trim() };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void prove(method === "passkey" ? byPasskey : byText);
  };
  const change = (next: StepMethod): void => {
    setMethod(next);
    setText("");
    setError(null);
  };

  return (
    <form className={classes.form} onSubmit={submit} noValidate>
      <p className={classes.lead}>{t(`step.${method}Lead`)}</p>
      {error !== null && <ProblemNotice error={error} compact />}
      {method !== "passkey" && !isOver && (
        <TextInput
          key={method}
          label={t(`step.${method}Label`)}
          name={method === "otp" ? "code" : "recovery-code"}
          autoComplete={method === "otp" ? "one-time-code" : "off"}
          inputMode={method === "otp" ? "numeric" : "text"}
          autoCapitalize="none"
          spellCheck={false}
          dir="ltr"
          size="md"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autoFocus
        />
      )}
      {!isOver && (
        <Checkbox
          label={t("step.remember")}
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
      )}
      {isOver ? (
        <Button size="md" onClick={onBack}>
          {t("step.again")}
        </Button>
      ) : (
        <Button
          type="submit"
          size="md"
          loading={busy}
          disabled={method !== "passkey" && !text.trim()}
        >
          {t(method === "passkey" ? "step.usePasskey" : "step.confirm")}
        </Button>
      )}
      <div className={classes.others}>
        {offered
          .filter((other) => other !== method && !isOver)
          .map((other) => (
            <Button key={other} variant="subtle" onClick={() => change(other)}>
              {t(`step.${other}Instead`)}
            </Button>
          ))}
        <Button variant="subtle" onClick={onBack}>
          {t("step.back")}
        </Button>
      </div>
    </form>
  );
}
