import { Button, Group, Modal } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useReturnFocus } from "@/design/useReturnFocus";
import classes from "./AccountPage.module.css";

interface DialogProps {
  title: string;
  onClose(): void;
  /** Whether only its own buttons close it. */
  isFirm?: boolean;
  /** Whether a click beside it closes it, too. */
  closeOnClickOutside?: boolean;
  children: ReactNode;
}

/** A dialog that exists only while it is open. */
export function Dialog({ title, onClose, isFirm = false, children, ...rest }: DialogProps) {
  const t = useTranslations("common");
  useReturnFocus();
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnEscape={!isFirm}
      closeOnClickOutside={!isFirm && (rest.closeOnClickOutside ?? true)}
      withCloseButton={!isFirm}
      title={title}
      closeButtonProps={{ "aria-label": t("close") }}
    >
      {children}
    </Modal>
  );
}

interface FormProps {
  /** Of the button that sends it. */
  label: string;
  busy: boolean;
  disabled?: boolean;
  isDanger?: boolean;
  onClose(): void;
  onSubmit(): void;
  children: ReactNode;
}

/** The form of a dialog, with the buttons that send it and that leave it. */
export function DialogForm({ label, busy, disabled, isDanger, onClose, ...form }: FormProps) {
  const t = useTranslations("common");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    event.stopPropagation(); // a form around the dialog stays as it is
    form.onSubmit();
  };
  return (
    <form className={classes.dialog} onSubmit={submit} noValidate>
      {form.children}
      <Group justify="flex-end" mt="xs">
        <Button variant="default" onClick={onClose}>
          {t("cancel")}
        </Button>
        <Button
          type="submit"
          {...(isDanger && { color: "danger" })}
          loading={busy}
          disabled={disabled ?? false}
        >
          {label}
        </Button>
      </Group>
    </form>
  );
}
