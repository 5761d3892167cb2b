import { createBrowserRouter } from "react-router";
import { lazyPart } from "@/code/lazyPart";
import { CrashPage } from "./CrashPage";
import type { PageHandle } from "./pageHandle";
import { Root } from "./Root";

const SignInPage = lazyPart(() => import("@/features/session/SignInPage"));
const RegisterPage = lazyPart(() => import("@/features/session/RegisterPage"));
const ForgotPage = lazyPart(() => import("@/features/session/ForgotPasswordPage"));
const ResetPage = lazyPart(() => import("@/features/session/ResetPasswordPage"));
const VerifyPage = lazyPart(() => import("@/features/session/VerifyEmailPage"));
const ConfirmPage = lazyPart(() => import("@/features/session/ConfirmEmailPage"));
const SessionLayout = lazyPart(() => import("./SessionLayout"));
const LibraryPage = lazyPart(() => import("./LibraryPage"));
const TrashPage = lazyPart(() => import("@/features/library/TrashPage"));
const ImagePage = lazyPart(() => import("@/features/image/ImagePage"));
const ActivityPage = lazyPart(() => import("@/features/activity/ActivityPage"));
const AccountLayout = lazyPart(() => import("@/features/account/AccountLayout"));
const AccountPage = lazyPart(() => import("@/features/account/AccountPage"));
const SecurityPage = lazyPart(() => import("@/features/account/SecurityPage"));
const SessionsPage = lazyPart(() => import("@/features/account/SessionsPage"));
const KeysPage = lazyPart(() => import("@/features/account/KeysPage"));
const AuditPage = lazyPart(() => import("@/features/account/AuditPage"));
const ExportPage = lazyPart(() => import("@/features/account/ExportPage"));
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
      { path: "/forgot-password", Component: ForgotPage, ...titled("session.forgotTitle") },
      { path: "/reset-password", Component: ResetPage, ...titled("session.resetTitle") },
      { path: "/verify-email", Component: VerifyPage, ...titled("session.verifyTitle") },
      { path: "/confirm-email", Component: ConfirmPage, ...titled("session.confirmTitle") },
      {
        // One layout for all of them: what it holds, and the focus, outlive a change of page.
        Component: SessionLayout,
        children: [
          { index: true, Component: LibraryPage, ...titled("library.title") },
          { path: "/trash", Component: TrashPage, ...titled("library.trashTitle") },
          { path: "/images/:imageId", Component: ImagePage, ...titled("image.title") },
          { path: "/activity", Component: ActivityPage, ...titled("activity.title") },
          {
            Component: AccountLayout,
            children: [
              { path: "/account", Component: AccountPage, ...titled("sections.title") },
              {
                path: "/account/security",
                Component: SecurityPage,
                ...titled("sections.securityTitle"),
              },
              {
                path: "/account/sessions",
                Component: SessionsPage,
                ...titled("sections.sessionsTitle"),
              },
              { path: "/account/keys", Component: KeysPage, ...titled("sections.keysTitle") },
              { path: "/account/activity", Component: AuditPage, ...titled("sections.auditTitle") },
              { path: "/account/export", Component: ExportPage, ...titled("sections.exportTitle") },
            ],
          },
          { path: "/system", Component: SystemPage, ...titled("system.title", true) },
          { path: "*", Component: NotFoundPage, ...titled("shell.notFoundTitle", true) },
        ],
      },
    ],
  },
]);
