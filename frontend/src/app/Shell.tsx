import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { prefetchParts } from "@/code/prefetch";
import { InDeck } from "@/design/Deck";
import { UploadDock } from "@/features/uploads/UploadDock";
import { AccountBanner } from "./AccountBanner";
import { DegradedBanner } from "./DegradedBanner";
import { JobWatcher } from "./JobWatcher";
import { PageOutlet } from "./PageOutlet";
import { Rail } from "./Rail";
import classes from "./Shell.module.css";
import { TabBar } from "./TabBar";
import { TopBar } from "./TopBar";
import { useFocusOnNavigation } from "./useFocusOnNavigation";

/** What surrounds a page for somebody signed in: a rail on wide screens, a tab bar on narrow. */
export function Shell() {
  const t = useTranslations("nav");
  useFocusOnNavigation("content");
  usePrefetch();
  return (
    <div className={classes.shell}>
      <a className="skip-link" href="#content">
        {t("skip")}
      </a>
      <TopBar />
      <Rail />
      <main id="content" tabIndex={-1} className={classes.content}>
        <DegradedBanner />
        <AccountBanner />
        <PageOutlet />
      </main>
      <TabBar />
      <InDeck slot="dock">
        <UploadDock />
      </InDeck>
      <JobWatcher />
    </div>
  );
}

/** The other pages, now and when the network comes back. */
function usePrefetch(): void {
  useEffect(() => {
    const over = new AbortController();
    const go = (): void => void prefetchParts(over.signal);
    go();
    globalThis.addEventListener("online", go, { signal: over.signal });
    return () => over.abort();
  }, []);
}
