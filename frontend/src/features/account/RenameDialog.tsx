import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { asProblem } from "@/api/problem";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { Dialog, DialogForm } from "./DialogForm";
import { useAct } from "./useAct";

interface Props {
  name: string;
  rename(name: string): Promise<unknown>;
  onClose(): void;
  onRenamed(): void;
}

export default function RenameDialog({ name, rename, onClose, onRenamed }: Props) {
  const t = useTranslations();
  const [next, setNext] = useState(name);
  const { busy, error, act } = useAct();
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const submit = (): void => {
    void act(
      () => rename(next.trim()),
      () => {
        onRenamed();
        onClose();
      },
    );
  };
  return (
    <Dialog title={t("security.rename")} onClose={onClose}>
      <DialogForm
        label={t("common.save")}
        busy={busy}
        disabled={!next.trim()}
        onClose={onClose}
        onSubmit={submit}
      >
        {refused && <ProblemNotice error={refused} fields={["name"]} compact />}
        <TextInput
          label={t("account.name")}
          dir="auto"
          value={next}
          maxLength={80}
          onChange={(event) => setNext(event.currentTarget.value)}
          error={wrongWith("name")}
          data-autofocus
        />
      </DialogForm>
    </Dialog>
  );
}
