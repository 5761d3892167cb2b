import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { signOut, signOutEverywhere } from "@/api/session/sessionActions";
import type { Session } from "@/api/shapes";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showProblem, showToast } from "@/design/toasts";
import { SessionRow } from "./SessionRow";
import classes from "./SessionsPanel.module.css";

const SHOWN_AT_FIRST = 5;
const sessionsKey = ["sessions"] as const;

export function SessionsPanel() {
  const t = useTranslations();
  const client = useQueryClient();
  const now = useNow({ updateInterval: 30_000 });
  const [all, setAll] = useState(false);
  const { data, isPending, error, refetch } = useQuery({
    queryKey: sessionsKey,
    queryFn: () => unwrap(api.GET("/auth/sessions")),
  });

  // The one in use comes first, so that it is never among those that are folded away.
  const sessions = [...(data?.results ?? [])].sort((a, b) => Number(b.current) - Number(a.current));

  const end = async (session: Session): Promise<void> => {
    try {
      if (session.current) {
        await signOut();
        return;
      }
      const path = { session_id: session.id };
      await unwrap(api.DELETE("/auth/sessions/{session_id}", { params: { path } }));
      showToast(t("account.ended"));
      await client.invalidateQueries({ queryKey: sessionsKey });
    } catch (refusal) {
      showProblem(t("account.endFailed"), refusal);
    }
  };
  const everywhere = (): void => {
    signOutEverywhere().catch((refusal: unknown) => showProblem(t("account.endFailed"), refusal));
  };

  return (
    <Panel
      title={t("account.sessions")}
      lead={t("account.sessionsLead")}
      aside={
        <Button variant="default" size="xs" onClick={everywhere}>
          {t("account.everywhere")}
        </Button>
      }
    >
      {isPending && <Skeleton h={120} />}
      {error && (
        <ProblemNotice
          heading={t("account.sessionsFailed")}
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data && (
        <ul className={classes.list} data-testid="sessions">
          {sessions.slice(0, all ? undefined : SHOWN_AT_FIRST).map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              now={now}
              onEnd={() => void end(session)}
            />
          ))}
        </ul>
      )}
      {!all && sessions.length > SHOWN_AT_FIRST && (
        <Button variant="default" fullWidth mt="sm" onClick={() => setAll(true)}>
          {t("common.loadMore")}
        </Button>
      )}
    </Panel>
  );
}
