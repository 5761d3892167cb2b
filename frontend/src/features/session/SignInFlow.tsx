import { Button } from "@mantine/core";
import { KeyRound } from "lucide-react";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { signInCalls } from "@/api/accountCalls";
import type { Challenge, SignInOptions } from "@/api/accountShapes";
import { passkeysSupported } from "@/api/passkeys";
import { expectSession } from "@/api/session/sessionChannel";
import { lazyPart } from "@/code/lazyPart";
import { MissingSilently } from "@/code/MissingPart";
import { PageFallback } from "@/design/PageFallback";
import { ProblemNotice } from "@/design/ProblemNotice";
import { CredentialsForm } from "./CredentialsForm";
import classes from "./CredentialsForm.module.css";
import { usePasskeySignIn } from "./usePasskeySignIn";

const SecondStep = lazyPart(() => import("./SecondStep"), MissingSilently);

interface Props {
  options: SignInOptions;
  fixedEmail?: string | undefined;
  /** Where another site that signs the person in leads back to. */
  returnTo: string;
  challenge: Challenge | null;
  onChallenge(challenge: Challenge | null): void;
  onDone(): void;
}

/** Every way to sign in: password, passkey, another site; then the second step where one is due. */
export function SignInFlow(props: Props) {
  const { options, fixedEmail, returnTo, challenge, onChallenge, onDone } = props;
  const t = useTranslations("session");
  const isPasskeyOffered = options.passkeys && passkeysSupported();
  const passkey = usePasskeySignIn(isPasskeyOffered && !challenge, onDone);
  const [away, setAway] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);

  const leaveFor = async (provider: string): Promise<void> => {
    setAway(provider);
    setError(null);
    try {
      const { url } = await signInCalls.ssoBegin(provider, returnTo);
      expectSession();
      globalThis.location.assign(url);
    } catch (refusal) {
      setError(refusal);
      setAway(null);
    }
  };

  if (challenge) {
    return (
      <Suspense fallback={<PageFallback />}>
        <SecondStep challenge={challenge} onBack={() => onChallenge(null)} onDone={onDone} />
      </Suspense>
    );
  }
  const problem = error ?? passkey.error;
  return (
    <>
      {problem !== null && <ProblemNotice error={problem} compact />}
      <CredentialsForm fixedEmail={fixedEmail} onDone={onDone} onSecondStep={onChallenge} />
      {(isPasskeyOffered || options.providers.length > 0) && (
        <div className={classes.ways}>
          {isPasskeyOffered && (
            <Button
              variant="default"
              size="md"
              leftSection={<KeyRound size={17} aria-hidden />}
              loading={passkey.busy}
              onClick={passkey.begin}
            >
              {t("withPasskey")}
            </Button>
          )}
          {options.providers.map(({ id, name }) => (
            <Button
              key={id}
              variant="default"
              size="md"
              loading={away === id}
              disabled={away !== null && away !== id}
              onClick={() => void leaveFor(id)}
            >
              {t("withProvider", { provider: name })}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
