import type { ReactNode } from "react";
import { BareFrame } from "@/app/BareFrame";
import { PageFallback } from "@/app/PageFallback";
import { Frame } from "@/app/Shell";
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
  return <BareFrame>{children}</BareFrame>;
}
