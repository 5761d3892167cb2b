import { QueryCache, QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { sessionStore } from "@/api/session/sessionStore";
import { conditionalMemory } from "@/api/transport";
import { clearToasts } from "@/design/toasts";
import { overviewKey } from "./useOverview";

const RETRIES = 2;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The overview names the part that gives no answer.
    onError: (error, { queryKey }) => {
      if (!asProblem(error).isOutage || queryKey[0] === overviewKey[0]) return;
      void queryClient.invalidateQueries({ queryKey: overviewKey }, { cancelRefetch: false });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < RETRIES && asProblem(error).isTransient,
      retryDelay: (attempt, error) => {
        const { retryAfterS } = asProblem(error);
        return retryAfterS === null ? Math.min(500 * 2 ** attempt, 8000) : retryAfterS * 1000;
      },
    },
    mutations: { retry: false },
  },
});

// One person's pictures never show to the next: everything remembered goes with the session.
sessionStore.subscribe((state, previous) => {
  if (previous.userId !== null && state.userId !== previous.userId) {
    conditionalMemory.clear();
    queryClient.clear();
    clearToasts();
  } else if (previous.phase === "expired" && state.phase === "active") {
    // The same person signed in again: what was refused meanwhile is asked for again.
    void queryClient.refetchQueries({ predicate: (query) => query.state.status === "error" });
  }
});
