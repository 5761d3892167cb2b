import { TextInput, type TextInputProps } from "@mantine/core";

/**
 * An e-mail address. Browsers want ASCII before the @ in their own field for addresses (RFC 6531
 * does not), so this is a field of text with the keyboard for addresses; the API says what is none.
 */
export function EmailField(props: TextInputProps) {
  return (
    <TextInput
      {...props}
      type="text"
      inputMode="email"
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      dir="ltr"
    />
  );
}
