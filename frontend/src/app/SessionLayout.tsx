import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { Navigate, useLocation, useMatches } from "react-router";
import { useSession } from "@/api/session/useSession";
import { lazyPart } from "@/code/lazyPart";
import { MissingSilently } from "@/code/MissingPart";
import { PageFallback } from "@/design/PageFallback";
import { BareFrame } from "@/frame/BareFrame";
import { queryClient } from "@/model/queryClient";
import { PageOutlet } from "./PageOutlet";
import type { PageHandle } from "./pageHandle";
import { Shell } from "./Shell";
import { UnreachablePage } from "./UnreachablePage";

const SessionEndedDialog = lazyPart(
  () => import("@/features/session/SessionEndedDialog"),
  MissingSilently,
);
const ClosingPage = lazyPart(() => import("@/features/account/ClosingPage"));

/** Around every page that knows a session, and may ask for what is its. */
export default function SessionLayout() {
  return (
    <QueryClientProvider client={queryClient}>
      <SessionPages />
    </QueryClientProvider>
  );
}

/** A session that ends while somebody works keeps its page. */
function SessionPages() {
  const { phase, userId, problem, closing } = useSession();
  const location = useLocation();
  const open = useMatches().some(({ handle }) => (handle as PageHandle | undefined)?.open);
  if (phase === "restoring") return <PageFallback />;
  if (phase === "active" && closing) {
    return (
      <Suspense fallback={<PageFallback />}>
        <ClosingPage />
      </Suspense>
    );
  }
  if (phase === "active" || phase === "expired") {
    return (
      <>
        {/* Somebody else sees nothing of what was on the page: it begins anew. */}
        <Shell key={userId} />
        <Suspense>{phase === "expired" && <SessionEndedDialog />}</Suspense>
      </>
    );
  }
  if (open) {
    return (
      <BareFrame>
        <PageOutlet />
      </BareFrame>
    );
  }
  if (phase === "unreachable") return <UnreachablePage problem={problem} />;
  const next = location.pathname + location.search;
  return (
    <Navigate
      to={next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`}
      replace
    />
  );
}
