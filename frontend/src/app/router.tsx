import { createBrowserRouter } from "react-router";
import { CrashPage } from "./CrashPage";
import { PageFallback } from "./PageFallback";
import type { PageHandle } from "./pageHandle";
import { Root } from "./Root";

export const router = createBrowserRouter([
  {
    Component: Root,
    ErrorBoundary: CrashPage,
    HydrateFallback: PageFallback,
    children: [
      {
        path: "/sign-in",
        lazy: async () => ({ Component: (await import("@/features/session/SignInPage")).default }),
      },
      {
        path: "/register",
        lazy: async () => ({
          Component: (await import("@/features/session/RegisterPage")).default,
        }),
      },
      {
        // One layout for all of them: what it holds, and the focus, outlive a change of page.
        lazy: async () => ({ Component: (await import("./SessionLayout")).default }),
        children: [
          {
            index: true,
            lazy: async () => ({
              Component: (await import("@/features/library/LibraryPage")).default,
            }),
          },
          {
            path: "/trash",
            lazy: async () => ({
              Component: (await import("@/features/library/TrashPage")).default,
            }),
          },
          {
            path: "/images/:imageId",
            lazy: async () => ({ Component: (await import("@/features/image/ImagePage")).default }),
          },
          {
            path: "/activity",
            lazy: async () => ({
              Component: (await import("@/features/activity/ActivityPage")).default,
            }),
          },
          {
            path: "/account",
            lazy: async () => ({
              Component: (await import("@/features/account/AccountPage")).default,
            }),
          },
          {
            path: "/system",
            handle: { open: true } satisfies PageHandle,
            lazy: async () => ({
              Component: (await import("@/features/system/SystemPage")).default,
            }),
          },
        ],
      },
      {
        path: "*",
        lazy: async () => ({ Component: (await import("./NotFoundPage")).default }),
      },
    ],
  },
]);
