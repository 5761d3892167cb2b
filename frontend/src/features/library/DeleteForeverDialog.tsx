import { Button, Group, Modal } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useReturnFocus } from "@/design/useReturnFocus";

interface Props {
  count: number;
  busy: boolean;
  onClose(): void;
  onConfirm(): void;
}

export default function DeleteForeverDialog({ count, busy, onClose, onConfirm }: Props) {
  const t = useTranslations();
  useReturnFocus();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t("library.deleteForeverTitle", { count })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <p>{t("library.deleteForeverText")}</p>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("common.cancel")}
        </Button>
        <Button color="danger" loading={busy} onClick={onConfirm}>
          {t("library.deleteForever")}
        </Button>
      </Group>
    </Modal>
  );
}
