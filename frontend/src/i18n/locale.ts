/** Which language the interface speaks, and everything that follows from it. */
import { type MissingCode, Part } from "@/code/part";
import type en from "./en.json";

export type Locale = "en" | "ar";
export type Messages = typeof en;

const STORED = "locale";

export const LOCALES: readonly Locale[] = ["en", "ar"];

/** What each language calls itself. */
export const LOCALE_NAMES: Record<Locale, string> = { en: "English", ar: "العربية" };

export function directionOf(locale: Locale): "ltr" | "rtl" {
  return locale === "ar" ? "rtl" : "ltr";
}

/**
 * The tag given to `Intl`: Western digits and the Gregorian calendar in Arabic too, because sizes,
 * dates and ids are compared with those in logs and file names.
 */
export function intlTag(locale: Locale): string {
  return locale === "ar" ? "ar-u-ca-gregory-nu-latn" : "en-GB";
}

export function storedLocale(): Locale {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "ar") return stored;
  const preferred = navigator.languages.find((tag) => /^(en|ar)\b/.test(tag));
  return preferred?.startsWith("ar") ? "ar" : "en";
}

export function storeLocale(locale: Locale): void {
  localStorage.setItem(STORED, locale);
}

/** Prefetched with everything else, so that the language can be changed without a network. */
const CATALOGUES: Record<Locale, Part<{ default: object }>> = {
  en: new Part(() => import("./en.json")),
  ar: new Part(() => import("./ar.json")),
};

/** What only the account's own sections say. */
const LATE_CATALOGUES: Record<Locale, Part<{ default: object }>> = {
  en: new Part(() => import("./en.json?late")),
  ar: new Part(() => import("./ar.json?late")),
};

export function lateMessages(locale: Locale): Promise<{ default: object }> {
  return LATE_CATALOGUES[locale].fetch();
}

/** Tried twice, because without the messages there is no page at all. */
export async function loadMessages(locale: Locale): Promise<Messages> {
  const catalogue = CATALOGUES[locale];
  const file = await catalogue.fetch().catch((missing: MissingCode) => {
    missing.forget();
    return catalogue.fetch();
  });
  return file.default as Messages;
}

export function applyToDocument(locale: Locale): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = directionOf(locale);
}
