import { Menu } from "@mantine/core";
import { Check, Languages } from "lucide-react";
import { useTranslations } from "use-intl";
import { useLanguage } from "@/i18n/LanguageProvider";
import { LOCALE_NAMES, LOCALES } from "@/i18n/locale";

export function LanguageItems() {
  const t = useTranslations("common");
  const { locale, choose } = useLanguage();
  return (
    <>
      <Menu.Label>{t("language")}</Menu.Label>
      {LOCALES.map((choice) => (
        <Menu.Item
          key={choice}
          lang={choice}
          role="menuitemradio"
          aria-checked={choice === locale}
          leftSection={<Languages size={16} />}
          rightSection={choice === locale ? <Check size={15} /> : null}
          onClick={() => void choose(choice)}
        >
          {LOCALE_NAMES[choice]}
        </Menu.Item>
      ))}
    </>
  );
}
