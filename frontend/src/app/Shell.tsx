import { Suspense } from "react";
import { Outlet } from "react-router";
import { useTranslations } from "use-intl";
import { JobWatcher } from "@/features/activity/JobWatcher";
import { UploadDock } from "@/features/uploads/UploadDock";
import { DegradedBanner } from "./DegradedBanner";
import { PageFallback } from "./PageFallback";
import { Rail } from "./Rail";
import classes from "./Shell.module.css";
import { TabBar } from "./TabBar";
import { TopBar } from "./TopBar";
import { useFocusOnNavigation } from "./useFocusOnNavigation";

/** What surrounds a page for somebody signed in: a rail on wide screens, a tab bar on narrow. */
export function Shell() {
  const t = useTranslations("nav");
  useFocusOnNavigation("content");
  return (
    <div className={classes.shell}>
      <a className="skip-link" href="#content">
        {t("skip")}
      </a>
      <TopBar />
      <Rail />
      <main id="content" tabIndex={-1} className={classes.content}>
        <DegradedBanner />
        <Suspense fallback={<PageFallback />}>
          <Outlet />
        </Suspense>
      </main>
      <TabBar />
      <UploadDock />
      <JobWatcher />
    </div>
  );
}
