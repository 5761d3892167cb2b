import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { asProblem } from "@/api/problem";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import { useReturnFocus } from "@/design/useReturnFocus";
import { useAct } from "./useAct";

interface Props {
  name: string;
  rename(name: string): Promise<unknown>;
  onClose(): void;
  onRenamed(): void;
}

export default function RenameDialog({ name, rename, onClose, onRenamed }: Props) {
  const t = useTranslations();
  useReturnFocus();
  const [next, setNext] = useState(name);
  const { busy, error, act } = useAct();
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void act(
      () => rename(next.trim()),
      () => {
        onRenamed();
        onClose();
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("security.rename")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={submit} noValidate>
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
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={!next.trim()}>
            {t("common.save")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
