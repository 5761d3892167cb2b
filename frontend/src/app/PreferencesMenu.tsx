import { ActionIcon, Menu } from "@mantine/core";
import { Settings2 } from "lucide-react";
import { useTranslations } from "use-intl";
import { LanguageItems } from "./LanguageItems";
import { ThemeItems } from "./ThemeItems";

/** Language and theme for pages where nobody is signed in. */
export function PreferencesMenu() {
  const t = useTranslations("common");
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t("preferences")}>
          <Settings2 size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <LanguageItems />
        <Menu.Divider />
        <ThemeItems />
      </Menu.Dropdown>
    </Menu>
  );
}
