import { Button, Group, SegmentedControl, Skeleton } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { profileCalls } from "@/api/accountCalls";
import type { FreshProof } from "@/api/accountShapes";
import { passkeysSupported, passkeyUsed } from "@/api/passkeys";
import { asProblem } from "@/api/problem";
import { signOut } from "@/api/session/sessionActions";
import { PasswordField } from "@/design/PasswordField";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import classes from "./AccountPage.module.css";
import { CodeField } from "./CodeField";
import { Dialog, DialogForm } from "./DialogForm";
import { useFactors } from "./useFactors";
import { useProfile } from "./useProfile";

type Way = "password" | "code" | "passkey";

interface Props {
  onClose(): void;
  onProved(): void;
}

/** Asks who is there: by password, by a code of the authenticator app, or by a passkey. */
export default function StepUpDialog({ onClose, onProved }: Props) {
  const t = useTranslations("security");
  const common = useTranslations("common");
  const profile = useProfile();
  const factors = useFactors();
  const isKnown = !profile.isPending && !factors.isPending;
  const ways: Way[] = [];
  if (profile.data?.has_password !== false) ways.push("password");
  if (factors.data?.otp) ways.push("code");
  if ((factors.data?.passkeys.length ?? 0) > 0 && passkeysSupported()) ways.push("passkey");
  return (
    <Dialog title={t("stepUpTitle")} onClose={onClose}>
      <p className={classes.note}>{t("stepUpText")}</p>
      {!isKnown && <Skeleton h={120} mt="md" />}
      {isKnown && ways.length > 0 && <Proof ways={ways} onClose={onClose} onProved={onProved} />}
      {isKnown && ways.length === 0 && (
        <>
          <p className={classes.note}>{t("stepUpSignIn")}</p>
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={onClose}>
              {common("cancel")}
            </Button>
            <Button onClick={() => void signOut().then(onClose)}>{t("stepUpSignInAgain")}</Button>
          </Group>
        </>
      )}
    </Dialog>
  );
}

function Proof({ ways, onClose, onProved }: Props & { ways: readonly Way[] }) {
  const t = useTranslations("security");
  const [way, setWay] = useState<Way>(ways[0] ?? "password");
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);

  const proof = async (): Promise<FreshProof> => {
    if (way === "password") return { password: text };
    if (way === "code") return { code: text.replace(/\s/g, "") };
    const { options, state } = await profileCalls.reauthenticateOptions();
    return { state, credential: await passkeyUsed(options) };
  };
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await profileCalls.reauthenticate(await proof());
      onProved();
    } catch (refusal) {
      setError(refusal);
      setText("");
      setBusy(false);
    }
  };
  const change = (next: string): void => {
    setWay(next as Way);
    setText("");
    setError(null);
  };

  return (
    <DialogForm
      label={t(way === "passkey" ? "stepUpUsePasskey" : "stepUpConfirm")}
      busy={busy}
      disabled={way !== "passkey" && !text.trim()}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {ways.length > 1 && (
        <SegmentedControl
          fullWidth
          aria-label={t("stepUpWays")}
          value={way}
          onChange={change}
          data={ways.map((value) => ({ value, label: t(`stepUpBy.${value}`) }))}
        />
      )}
      {refused && (
        <ProblemNotice
          heading={t("stepUpFailed")}
          error={refused}
          fields={["password", "code"]}
          compact
        />
      )}
      {way === "password" && (
        <PasswordField
          label={t("stepUpBy.password")}
          autoComplete="current-password"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={wrongWith("password")}
          data-autofocus
        />
      )}
      {way === "code" && (
        <CodeField
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={wrongWith("code")}
        />
      )}
    </DialogForm>
  );
}
