import { Menu } from "@mantine/core";
import { Check } from "lucide-react";
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
        <Menu.RadioItem
          key={choice}
          value={choice}
          lang={choice}
          checked={choice === locale}
          checkIcon={<Check size={15} aria-hidden />}
          closeMenuOnClick
          onChange={() => void choose(choice)}
        >
          {LOCALE_NAMES[choice]}
        </Menu.RadioItem>
      ))}
    </>
  );
}
