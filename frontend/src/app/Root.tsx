import { Suspense } from "react";
import { Outlet, ScrollRestoration } from "react-router";
import { Deck } from "@/design/Deck";
import { PageFallback } from "@/design/PageFallback";
import { ToastShelf } from "@/design/ToastShelf";
import { OfflineBanner } from "./OfflineBanner";
import { ReleaseBanner } from "./ReleaseBanner";
import { RouteTitle } from "./RouteTitle";
import { ThemeColour } from "./ThemeColour";

export function Root() {
  return (
    <>
      <ThemeColour />
      <RouteTitle />
      <OfflineBanner />
      <ReleaseBanner />
      <Suspense fallback={<PageFallback />}>
        <Outlet />
      </Suspense>
      <Deck />
      <ToastShelf />
      <ScrollRestoration />
    </>
  );
}
