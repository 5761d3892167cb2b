import { Button, Group, Modal } from "@mantine/core";
import { useTranslations } from "use-intl";
import { useReturnFocus } from "./useReturnFocus";

interface Props {
  title: string;
  text: string;
  /** What the button does. */
  label: string;
  isDanger?: boolean;
  busy: boolean;
  onClose(): void;
  onConfirm(): void;
}

/** Asks before something is done to many images, or for good. */
export default function ConfirmDialog(props: Props) {
  const { title, text, label, isDanger = false, busy, onClose, onConfirm } = props;
  const t = useTranslations("common");
  useReturnFocus();
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("close") }}>
      <p>{text}</p>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("cancel")}
        </Button>
        <Button {...(isDanger && { color: "danger" })} loading={busy} onClick={onConfirm}>
          {label}
        </Button>
      </Group>
    </Modal>
  );
}
