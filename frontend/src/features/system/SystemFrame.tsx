import type { ReactNode } from "react";
import { PageFallback } from "@/app/PageFallback";
import { PreferencesMenu } from "@/app/PreferencesMenu";
import { Frame } from "@/app/Shell";
import { Wordmark } from "@/app/Wordmark";
import { useSession } from "@/features/session/useSession";
import classes from "./SystemPage.module.css";

/** The usual frame for somebody signed in, a bare one for a visitor. */
export function SystemFrame({ children }: { children: ReactNode }) {
  const { phase } = useSession();
  if (phase === "restoring") return <PageFallback />;
  if (phase === "active" || phase === "expired") {
    return (
      <Frame>
        <div className={classes.page}>{children}</div>
      </Frame>
    );
  }
  return (
    <div className={classes.visitor}>
      <header className={classes.top}>
        <Wordmark />
        <PreferencesMenu />
      </header>
      <main>{children}</main>
    </div>
  );
}
