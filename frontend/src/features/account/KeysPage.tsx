import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { keyCalls } from "@/api/accountCalls";
import { lazyDialog } from "@/code/lazyPart";
import { EmptyState } from "@/design/EmptyState";
import { PageHeader } from "@/design/PageHeader";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { KeyRow } from "./KeyRow";
import { Rows } from "./Row";

const KeyDialog = lazyDialog(() => import("./KeyDialog"));

export const keysKey = ["api-keys"] as const;

export default function KeysPage() {
  const t = useTranslations();
  const client = useQueryClient();
  const [making, setMaking] = useState(false);
  const { data, isPending, error, refetch } = useQuery({
    queryKey: keysKey,
    queryFn: keyCalls.all,
  });
  const changed = (): void => void client.invalidateQueries({ queryKey: keysKey });
  const make = <Button onClick={() => setMaking(true)}>{t("security.keyMake")}</Button>;
  const keys = data?.results ?? [];
  return (
    <>
      <PageHeader title={t("sections.keysTitle")} lead={t("security.keysLead")}>
        {keys.length > 0 && make}
      </PageHeader>
      {isPending && <Skeleton h={160} />}
      {error && (
        <ProblemNotice
          heading={t("security.keysFailed")}
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data && keys.length === 0 && (
        <EmptyState
          icon={KeyRound}
          title={t("security.keysNoneTitle")}
          text={t("security.keysNone")}
        >
          {make}
        </EmptyState>
      )}
      {keys.length > 0 && (
        <Panel title={t("security.keysList")}>
          <Rows testId="api-keys">
            {keys.map((key) => (
              <KeyRow key={key.id} apiKey={key} onRevoked={changed} />
            ))}
          </Rows>
        </Panel>
      )}
      {making && (
        <Suspense>
          <KeyDialog onClose={() => setMaking(false)} onMade={changed} />
        </Suspense>
      )}
    </>
  );
}
