import { Button, NativeSelect, Skeleton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { auditCalls } from "@/api/accountCalls";
import type { AuditEntry } from "@/api/accountShapes";
import { cursorOf } from "@/api/cursor";
import { EmptyState } from "@/design/EmptyState";
import { PageHeader } from "@/design/PageHeader";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { StateChip } from "@/design/StateChip";
import { UserText } from "@/design/UserText";
import { useQuantity } from "@/i18n/useQuantity";
import page from "./AccountPage.module.css";
import { ACTS, messageOfAct } from "./acts";
import { deviceName } from "./device";
import { Row, Rows } from "./Row";

const BY = { staff: "byStaff", platform: "byPlatform" } as Partial<
  Record<AuditEntry["by"], "byStaff" | "byPlatform">
>;

export default function AuditPage() {
  const t = useTranslations("security");
  const titles = useTranslations("sections");
  const named = useActName();
  const [act, setAct] = useState("");
  const { data, isPending, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery({
      queryKey: ["audit", act],
      queryFn: ({ pageParam }) => auditCalls.page(act, pageParam),
      initialPageParam: null as string | null,
      getNextPageParam: ({ next }) => cursorOf(next),
    });
  const entries = data?.pages.flatMap(({ results }) => results) ?? [];
  return (
    <>
      <PageHeader title={titles("auditTitle")} lead={t("auditLead")} />
      <NativeSelect
        className={page.filter ?? ""}
        aria-label={t("auditFilter")}
        value={act}
        onChange={(event) => setAct(event.currentTarget.value)}
        data={[
          { value: "", label: t("auditAll") },
          ...ACTS.map((value) => ({ value, label: named(value) })),
        ]}
      />
      {isPending && <Skeleton h={240} />}
      {error && (
        <ProblemNotice heading={t("auditFailed")} error={error} onRetry={() => void refetch()} />
      )}
      {data && entries.length === 0 && (
        <EmptyState icon={History} title={t("auditNoneTitle")} text={t("auditNone")} />
      )}
      {entries.length > 0 && (
        <Panel title={t("auditList")}>
          <Rows testId="audit">
            {entries.map((entry) => (
              <EntryRow key={entry.id} entry={entry} />
            ))}
          </Rows>
          {hasNextPage && (
            <Button
              variant="default"
              fullWidth
              mt="sm"
              loading={isFetchingNextPage}
              onClick={() => void fetchNextPage()}
            >
              {t("auditMore")}
            </Button>
          )}
        </Panel>
      )}
    </>
  );
}

/** What an act is called in the reader's language; its own name where it is newer than these pages. */
function useActName(): (act: string) => string {
  const t = useTranslations("security.acts");
  return (act) => {
    const key = messageOfAct(act) as "sign_in";
    return t.has(key) ? t(key) : act;
  };
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const named = useActName();
  const device = deviceName(entry.device);
  const isGood = entry.outcome === "succeeded";
  return (
    <Row
      name={
        <>
          {named(entry.act)}
          {!isGood && <StateChip tone="bad" label={t("auditRefused")} />}
          {entry.by !== "you" && <StateChip tone="warn" label={t(BY[entry.by] ?? "byUnknown")} />}
        </>
      }
      facts={[
        [
          quantity.dateTime(entry.at),
          device && <UserText>{device}</UserText>,
          entry.address && <bdi dir="ltr">{entry.address}</bdi>,
        ],
      ]}
    />
  );
}
