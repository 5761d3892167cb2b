import { Suspense } from "react";
import { Outlet, useLocation } from "react-router";
import { PageBoundary } from "@/code/PageBoundary";
import { PageFallback } from "@/design/PageFallback";

/** The place of a page within its frame: what breaks in the page, or is late, ends here. */
export function PageOutlet() {
  const { key } = useLocation();
  return (
    <PageBoundary page={key}>
      <Suspense fallback={<PageFallback />}>
        <Outlet />
      </Suspense>
    </PageBoundary>
  );
}
