import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslations } from "use-intl";

/** A password whose characters can be shown: by keyboard too, and named in the reader's language. */
export function PasswordField(props: PasswordInputProps) {
  const label = useTranslations("common")("showPassword");
  return (
    <PasswordInput
      {...props}
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ "aria-label": label }}
    />
  );
}
