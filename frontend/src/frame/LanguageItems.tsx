import { Menu } from "@mantine/core";
import { Check } from "lucide-react";
import { useTranslations } from "use-intl";
import { networkProblem } from "@/api/problem";
import { showProblem } from "@/design/toasts";
import { useLanguage } from "@/i18n/LanguageProvider";
import { LOCALE_NAMES, LOCALES, type Locale } from "@/i18n/locale";

export function LanguageItems() {
  const t = useTranslations("common");
  const failed = useTranslations("code");
  const { locale, choose } = useLanguage();
  const change = (next: Locale): void => {
    choose(next).catch(() => showProblem(failed("languageFailed"), networkProblem()));
  };
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
          onChange={() => change(choice)}
        >
          {LOCALE_NAMES[choice]}
        </Menu.RadioItem>
      ))}
    </>
  );
}
