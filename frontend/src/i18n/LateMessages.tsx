import { type ReactNode, use, useMemo } from "react";
import { IntlProvider, useMessages, useTimeZone } from "use-intl";
import { useLanguage } from "./LanguageProvider";
import { intlTag, lateMessages } from "./locale";

/** Gives the pages within it the words that the first page does without (`LATE` in the build). */
export function LateMessages({ children }: { children: ReactNode }) {
  const { locale } = useLanguage();
  const timeZone = useTimeZone();
  const early = useMessages();
  const late = use(lateMessages(locale)).default;
  const messages = useMemo(() => ({ ...early, ...late }), [early, late]);
  return (
    <IntlProvider locale={intlTag(locale)} messages={messages} {...(timeZone && { timeZone })}>
      {children}
    </IntlProvider>
  );
}
