import { createBrowserRouter } from "react-router";
import { lazyPart } from "@/code/lazyPart";
import { CrashPage } from "./CrashPage";
import type { PageHandle } from "./pageHandle";
import { Root } from "./Root";

const SignInPage = lazyPart(() => import("@/features/session/SignInPage"));
const RegisterPage = lazyPart(() => import("@/features/session/RegisterPage"));
const SessionLayout = lazyPart(() => import("./SessionLayout"));
const LibraryPage = lazyPart(() => import("./LibraryPage"));
const TrashPage = lazyPart(() => import("@/features/library/TrashPage"));
const ImagePage = lazyPart(() => import("@/features/image/ImagePage"));
const ActivityPage = lazyPart(() => import("@/features/activity/ActivityPage"));
const AccountPage = lazyPart(() => import("@/features/account/AccountPage"));
const SystemPage = lazyPart(() => import("@/features/system/SystemPage"));
const NotFoundPage = lazyPart(() => import("./NotFoundPage"));

const titled = (title: PageHandle["title"], open = false) => ({ handle: { title, open } });

export const router = createBrowserRouter([
  {
    Component: Root,
    ErrorBoundary: CrashPage,
    children: [
      { path: "/sign-in", Component: SignInPage, ...titled("session.signInTitle") },
      { path: "/register", Component: RegisterPage, ...titled("session.registerTitle") },
      {
        // One layout for all of them: what it holds, and the focus, outlive a change of page.
        Component: SessionLayout,
        children: [
          { index: true, Component: LibraryPage, ...titled("library.title") },
          { path: "/trash", Component: TrashPage, ...titled("library.trashTitle") },
          { path: "/images/:imageId", Component: ImagePage, ...titled("image.title") },
          { path: "/activity", Component: ActivityPage, ...titled("activity.title") },
          { path: "/account", Component: AccountPage, ...titled("account.title") },
          { path: "/system", Component: SystemPage, ...titled("system.title", true) },
          { path: "*", Component: NotFoundPage, ...titled("shell.notFoundTitle", true) },
        ],
      },
    ],
  },
]);
