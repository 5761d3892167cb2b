import { TextInput, type TextInputProps } from "@mantine/core";
import { useTranslations } from "use-intl";

/** A code of the authenticator app. */
export function CodeField(props: TextInputProps) {
  return (
    <TextInput
      label={useTranslations("security")("otpCode")}
      autoComplete="one-time-code"
      inputMode="numeric"
      dir="ltr"
      data-autofocus
      {...props}
    />
  );
}
