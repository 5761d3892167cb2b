import { NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { profileCalls } from "@/api/accountCalls";
import type { Language } from "@/api/accountShapes";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { LOCALE_NAMES, LOCALES } from "@/i18n/locale";
import classes from "./AccountPage.module.css";
import { useAct } from "./useAct";
import { profileKey, useProfile } from "./useProfile";

/** The language of the mails; that of the pages is in the menu, for each browser. */
export function LanguagePanel() {
  const t = useTranslations("security");
  const client = useQueryClient();
  const { data: profile } = useProfile();
  const { busy, error, act } = useAct();
  if (!profile?.language) return null;
  const choose = (language: Language): void => {
    void act(
      () => profileCalls.update({ language }),
      (saved) => {
        client.setQueryData(profileKey, saved);
        showToast(t("languageSaved"));
      },
    );
  };
  return (
    <Panel title={t("language")} lead={t("languageLead")}>
      <div className={classes.form}>
        {error !== null && <ProblemNotice heading={t("languageFailed")} error={error} compact />}
        <NativeSelect
          aria-label={t("language")}
          value={profile.language}
          disabled={busy}
          onChange={(event) => choose(event.currentTarget.value as Language)}
          data={LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }))}
        />
      </div>
    </Panel>
  );
}
