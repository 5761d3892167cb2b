import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { signOutEverywhere } from "@/api/session/sessionActions";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showProblem } from "@/design/toasts";
import { Rows } from "./Row";
import { SessionRow } from "./SessionRow";

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

  const ended = (): void => void client.invalidateQueries({ queryKey: sessionsKey });
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
        <Rows testId="sessions">
          {sessions.slice(0, all ? undefined : SHOWN_AT_FIRST).map((session) => (
            <SessionRow key={session.id} session={session} now={now} onEnded={ended} />
          ))}
        </Rows>
      )}
      {!all && sessions.length > SHOWN_AT_FIRST && (
        <Button variant="default" fullWidth mt="sm" onClick={() => setAll(true)}>
          {t("common.loadMore")}
        </Button>
      )}
    </Panel>
  );
}
