import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNow, useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import type { Session } from "@/api/shapes";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showProblem, showToast } from "@/design/toasts";
import { signOut, signOutEverywhere } from "@/features/session/sessionActions";
import { SessionRow } from "./SessionRow";
import classes from "./SessionsPanel.module.css";

const sessionsKey = ["sessions"] as const;

export function SessionsPanel() {
  const t = useTranslations("account");
  const client = useQueryClient();
  const now = useNow({ updateInterval: 30_000 });
  const { data, isPending, error, refetch } = useQuery({
    queryKey: sessionsKey,
    queryFn: () => unwrap(api.GET("/auth/sessions")),
  });

  const end = async (session: Session): Promise<void> => {
    try {
      if (session.current) {
        await signOut();
        return;
      }
      const path = { session_id: session.id };
      await unwrap(api.DELETE("/auth/sessions/{session_id}", { params: { path } }));
      showToast(t("ended"));
      await client.invalidateQueries({ queryKey: sessionsKey });
    } catch (refusal) {
      showProblem(t("endFailed"), refusal);
    }
  };
  const everywhere = (): void => {
    signOutEverywhere().catch((refusal: unknown) => showProblem(t("endFailed"), refusal));
  };

  return (
    <Panel
      title={t("sessions")}
      lead={t("sessionsLead")}
      aside={
        <Button variant="default" size="xs" onClick={everywhere}>
          {t("everywhere")}
        </Button>
      }
    >
      {isPending && <Skeleton h={120} />}
      {error && (
        <ProblemNotice heading={t("sessionsFailed")} error={error} onRetry={() => void refetch()} />
      )}
      {data && (
        <ul className={classes.list} data-testid="sessions">
          {data.results.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              now={now}
              onEnd={() => void end(session)}
            />
          ))}
        </ul>
      )}
    </Panel>
  );
}
