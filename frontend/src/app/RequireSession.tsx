import { Button } from "@mantine/core";
import { CloudOff } from "lucide-react";
import { lazy, Suspense } from "react";
import { Navigate, useLocation } from "react-router";
import { useTranslations } from "use-intl";
import { EmptyState } from "@/design/EmptyState";
import { restoreSession } from "@/features/session/sessionActions";
import { useSession } from "@/features/session/useSession";
import { PageFallback } from "./PageFallback";
import { Shell } from "./Shell";

const SessionEndedDialog = lazy(() => import("@/features/session/SessionEndedDialog"));

/** The pages behind the sign-in. A session that ends while working keeps its page. */
export default function RequireSession() {
  const t = useTranslations();
  const { phase } = useSession();
  const location = useLocation();
  if (phase === "restoring") return <PageFallback />;
  if (phase === "unreachable") {
    return (
      <main>
        <EmptyState
          alone
          icon={CloudOff}
          title={t("shell.unreachableTitle")}
          text={t("shell.unreachableText")}
        >
          <Button onClick={() => void restoreSession()}>{t("common.retry")}</Button>
        </EmptyState>
      </main>
    );
  }
  if (phase === "anonymous") {
    const next = location.pathname + location.search;
    return (
      <Navigate
        to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`}
        replace
      />
    );
  }
  return (
    <>
      <Shell />
      <Suspense>{phase === "expired" && <SessionEndedDialog />}</Suspense>
    </>
  );
}
