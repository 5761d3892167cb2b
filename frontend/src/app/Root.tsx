import { Outlet, ScrollRestoration } from "react-router";
import { ToastShelf } from "@/design/ToastShelf";
import { OfflineBanner } from "./OfflineBanner";

export function Root() {
  return (
    <>
      <OfflineBanner />
      <Outlet />
      <ToastShelf />
      <ScrollRestoration />
    </>
  );
}
