import { DirectionProvider, useDirection } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { IntlProvider } from "use-intl";
import {
  applyToDocument,
  directionOf,
  intlTag,
  type Locale,
  loadMessages,
  type Messages,
  storeLocale,
} from "./locale";

interface Language {
  locale: Locale;
  /** Loads the messages first, so that the page never shows half of each. */
  choose(locale: Locale): Promise<void>;
}

const LanguageContext = createContext<Language | null>(null);

interface Props {
  initial: { locale: Locale; messages: Messages };
  children: ReactNode;
}

export function LanguageProvider({ initial, children }: Props) {
  return (
    <DirectionProvider initialDirection={directionOf(initial.locale)} detectDirection={false}>
      <Speaking initial={initial}>{children}</Speaking>
    </DirectionProvider>
  );
}

function Speaking({ initial, children }: Props) {
  const [spoken, setSpoken] = useState(initial);
  const { setDirection } = useDirection();
  const choose = useCallback(
    async (locale: Locale) => {
      const messages = await loadMessages(locale);
      storeLocale(locale);
      applyToDocument(locale);
      setDirection(directionOf(locale));
      setSpoken({ locale, messages });
    },
    [setDirection],
  );
  const language = useMemo(() => ({ locale: spoken.locale, choose }), [spoken.locale, choose]);
  return (
    <LanguageContext value={language}>
      <IntlProvider
        locale={intlTag(spoken.locale)}
        messages={spoken.messages}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      >
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (!language) throw new Error("useLanguage needs a LanguageProvider above it");
  return language;
}
