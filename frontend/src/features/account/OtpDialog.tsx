import { useState } from "react";
import { useTranslations } from "use-intl";
import { factorCalls } from "@/api/accountCalls";
import type { OtpSetup } from "@/api/accountShapes";
import { asProblem } from "@/api/problem";
import { CopyIcon } from "@/design/CopyIcon";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { CodeField } from "./CodeField";
import { Dialog, DialogForm } from "./DialogForm";
import classes from "./OtpDialog.module.css";
import { svgUrl } from "./svgUrl";
import { useAct } from "./useAct";

interface Props {
  setup: OtpSetup;
  onClose(): void;
  /** The recovery codes, when this is the first factor; they are shown this once. */
  onConfirmed(codes: string[]): void;
}

export default function OtpDialog({ setup, onClose, onConfirmed }: Props) {
  const t = useTranslations("security");
  const common = useTranslations("common");
  const [code, setCode] = useState("");
  const { busy, error, act } = useAct();
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const submit = (): void => {
    void act(
      () => factorCalls.otpConfirm(code.replace(/\s/g, "")),
      ({ recovery_codes }) => onConfirmed(recovery_codes),
    );
  };
  return (
    <Dialog title={t("otpTitle")} onClose={onClose} closeOnClickOutside={false}>
      <DialogForm
        label={t("otpConfirm")}
        busy={busy}
        disabled={!code.trim()}
        onClose={onClose}
        onSubmit={submit}
      >
        <ol className={classes.steps}>
          <li>
            {t("otpScan")}
            <img className={classes.qr} src={svgUrl(setup.qr_svg)} alt={t("otpQrAlt")} />
            <p className={classes.hint}>{t("otpByHand")}</p>
            <p className={classes.secret}>
              <code dir="ltr" data-testid="otp-secret">
                {setup.secret}
              </code>
              <CopyIcon value={setup.secret} label={`${common("copy")}: ${t("otpSecret")}`} />
            </p>
          </li>
          <li>
            {t("otpEnter")}
            {refused && <ProblemNotice error={refused} fields={["code"]} compact />}
            <CodeField
              mt="xs"
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              error={wrongWith("code")}
            />
          </li>
        </ol>
      </DialogForm>
    </Dialog>
  );
}
