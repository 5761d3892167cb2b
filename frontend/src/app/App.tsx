import { MantineProvider } from "@mantine/core";
import { RouterProvider } from "react-router/dom";
import { theme } from "@/design/theme";
import { LanguageProvider } from "@/i18n/LanguageProvider";
import type { Locale, Messages } from "@/i18n/locale";
import { router } from "./router";

/**
 * The theme's variables and classes come from static style sheets (see vite.config.ts), so the
 * provider injects nothing and the page lives under `style-src 'self'`.
 */
export function App({ initial }: { initial: { locale: Locale; messages: Messages } }) {
  return (
    <LanguageProvider initial={initial}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        withCssVariables={false}
        withGlobalClasses={false}
        withStaticClasses={false}
      >
        <RouterProvider router={router} />
      </MantineProvider>
    </LanguageProvider>
  );
}
