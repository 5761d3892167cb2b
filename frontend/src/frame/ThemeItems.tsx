import { Menu, useMantineColorScheme } from "@mantine/core";
import { Check, Monitor, Moon, Sun } from "lucide-react";
import { useTranslations } from "use-intl";

const CHOICES = [
  { scheme: "light", label: "themeLight", icon: Sun },
  { scheme: "dark", label: "themeDark", icon: Moon },
  { scheme: "auto", label: "themeAuto", icon: Monitor },
] as const;

export function ThemeItems() {
  const t = useTranslations("common");
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>{t("theme")}</Menu.Label>
      {CHOICES.map(({ scheme, label, icon: Icon }) => (
        <Menu.RadioItem
          key={scheme}
          value={scheme}
          checked={scheme === colorScheme}
          checkIcon={<Check size={15} aria-hidden />}
          rightSection={<Icon size={16} aria-hidden />}
          closeMenuOnClick
          onChange={() => setColorScheme(scheme)}
        >
          {t(label)}
        </Menu.RadioItem>
      ))}
    </>
  );
}
