import type { Place } from "@/api/shapes";

/** A place in the reader's language as far as that can be had: its city is told in English. */
export interface PlaceName {
  city: string;
  country: string;
}

/** `locale` is a BCP 47 tag. A country that is not known keeps its code. */
export function placeName({ city, country }: Place, locale: string): PlaceName {
  try {
    const names = new Intl.DisplayNames(locale, { type: "region" });
    return { city, country: (country && names.of(country)) || country };
  } catch {
    return { city, country }; // no code of two letters
  }
}
