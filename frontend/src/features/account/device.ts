/** A user agent's own words, shortened to the browser and the system that they name. */

const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/\bHeadlessChrome\/|\bChrome\/|\bCriOS\//, "Chrome"],
  [/\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
];

const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

function firstMatch(choices: [RegExp, string][], text: string): string | null {
  return choices.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** Such as "Firefox, Linux"; the agent's own words when nothing is known; null when it gave none. */
export function deviceName(userAgent: string): string | null {
  const parts = [firstMatch(BROWSERS, userAgent), firstMatch(SYSTEMS, userAgent)];
  const known = parts.filter((part) => part !== null);
  return known.length > 0 ? known.join(", ") : userAgent || null;
}
