import { ActionIcon, type ActionIconProps } from "@mantine/core";
import { Settings2 } from "lucide-react";
import type { Ref } from "react";
import { useTranslations } from "use-intl";

interface Props extends ActionIconProps {
  ref?: Ref<HTMLButtonElement>;
  onClick?(): void;
}

/** What opens the menu; the menu's own attributes are passed on. */
export function PreferencesButton(props: Props) {
  const t = useTranslations("common");
  return (
    <ActionIcon {...props} variant="subtle" size="lg" aria-label={t("preferences")}>
      <Settings2 size={18} aria-hidden />
    </ActionIcon>
  );
}
