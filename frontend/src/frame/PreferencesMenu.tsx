import { Suspense, useState } from "react";
import { lazyDialog } from "@/code/lazyPart";
import { PreferencesButton } from "./PreferencesButton";

const PreferencesDropdown = lazyDialog(() => import("./PreferencesDropdown"));

/**
 * Language and theme for pages where nobody is signed in. Its menu is fetched when it is first wanted:
 * it is the only one there, and weighs as much as the rest of the page.
 */
export function PreferencesMenu() {
  const [wanted, setWanted] = useState(false);
  const button = (
    <PreferencesButton aria-haspopup="menu" aria-expanded={false} onClick={() => setWanted(true)} />
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <PreferencesDropdown onClose={() => setWanted(false)} />
    </Suspense>
  );
}
