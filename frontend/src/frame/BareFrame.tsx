import type { ReactNode } from "react";
import classes from "./BareFrame.module.css";
import { PreferencesMenu } from "./PreferencesMenu";
import { Wordmark } from "./Wordmark";

/** For pages that a visitor may see: the name, language and theme above the content. */
export function BareFrame({ children }: { children: ReactNode }) {
  return (
    <div className={classes.frame}>
      <header className={classes.top}>
        <Wordmark />
        <PreferencesMenu />
      </header>
      <main>{children}</main>
    </div>
  );
}
