import { Button, Group, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link2 } from "lucide-react";
import { useEffect, useState } from "react";
import { useNow, useTranslations } from "use-intl";
import { identityCalls, signInCalls } from "@/api/accountCalls";
import type { Identity } from "@/api/accountShapes";
import { ApiProblem } from "@/api/problem";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import { dropFragment, takeFragment } from "@/model/fragment";
import { EndableRow } from "./EndableRow";
import { Rows } from "./Row";
import { useAct } from "./useAct";

const identitiesKey = ["identities"] as const;

/** What the other site was left with, when the link was not made. */
function refusedLink(): ApiProblem | null {
  const code = takeFragment().get("sso_error");
  return code ? new ApiProblem({ status: 409, code, title: code }) : null;
}

/** Accounts at other sites that open this one. Nothing is shown where there are no such sites. */
export default function IdentitiesPanel() {
  const t = useTranslations("security");
  const options = useQuery({ queryKey: ["sign-in-options"], queryFn: signInCalls.options });
  const linked = useQuery({
    queryKey: identitiesKey,
    queryFn: identityCalls.all,
  });
  const { busy, error, act } = useAct();
  const [refused] = useState(refusedLink);
  useEffect(dropFragment, []); // not before the panel is there: a first rendering may be thrown away
  const identities = linked.data ?? [];
  const providers = (options.data?.providers ?? []).filter(
    ({ id }) => !identities.some(({ provider }) => provider === id),
  );
  if (providers.length === 0 && identities.length === 0) return null;
  const problem = error ?? refused;
  const link = (provider: string): void => {
    void act(
      () => identityCalls.link(provider),
      ({ url }) => globalThis.location.assign(url),
    );
  };
  return (
    <Panel title={t("identities")} lead={t("identitiesLead")}>
      {linked.isPending && <Skeleton h={60} />}
      {linked.error && (
        <ProblemNotice
          heading={t("identitiesFailed")}
          error={linked.error}
          onRetry={() => void linked.refetch()}
        />
      )}
      {problem !== null && <ProblemNotice heading={t("identityFailed")} error={problem} compact />}
      <Rows testId="identities">
        {identities.map((identity) => (
          <IdentityRow key={identity.id} identity={identity} />
        ))}
      </Rows>
      {linked.data && providers.length > 0 && (
        <Group gap="xs" mt="sm">
          {providers.map(({ id, name }) => (
            <Button key={id} variant="default" loading={busy} onClick={() => link(id)}>
              {t("identityLink", { provider: name })}
            </Button>
          ))}
        </Group>
      )}
    </Panel>
  );
}

function IdentityRow({ identity }: { identity: Identity }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const now = useNow({ updateInterval: 60_000 });
  const client = useQueryClient();
  const { id, provider_name, email, created_at, last_used_at } = identity;
  return (
    <EndableRow
      icon={Link2}
      name={
        <>
          <UserText>{provider_name}</UserText>
          <bdi dir="ltr">{email}</bdi>
        </>
      }
      facts={[
        [
          last_used_at ? t("lastUsed", { time: quantity.ago(last_used_at, now) }) : t("neverUsed"),
          t("addedAt", { date: quantity.dateTime(created_at) }),
        ],
      ]}
      ending={{
        label: t("identityUnlink"),
        title: t("identityUnlinkOne", { provider: provider_name }),
        question: t("identityUnlinkText"),
        failed: t("identityFailed"),
        work: () => identityCalls.unlink(id),
        done: () => {
          showToast(t("identityUnlinked"));
          void client.invalidateQueries({ queryKey: identitiesKey });
        },
      }}
    />
  );
}
