import { Button, Skeleton } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Archive, Download } from "lucide-react";
import { useTranslations } from "use-intl";
import { exportCalls } from "@/api/accountCalls";
import type { Export, ExportState } from "@/api/accountShapes";
import { Panel } from "@/design/Panel";
import { ProblemNotice } from "@/design/ProblemNotice";
import { ProgressLine } from "@/design/ProgressLine";
import { StateChip, type Tone } from "@/design/StateChip";
import { useQuantity } from "@/i18n/useQuantity";
import page from "./AccountPage.module.css";
import { Row, Rows } from "./Row";
import { useAct } from "./useAct";

const exportsKey = ["exports"] as const;
const WHILE_UNDER_WAY_MS = 3000;
const TONES: Record<ExportState, Tone> = {
  queued: "neutral",
  running: "live",
  ready: "good",
  failed: "bad",
  expired: "neutral",
};

const isUnderWay = ({ state }: Export): boolean => state === "queued" || state === "running";

/** How far it is; unknown until the parts have been counted. */
const shareOf = ({ progress }: Export): number | null =>
  progress && progress.total > 0 ? progress.done / progress.total : null;

/** Everything that is kept of a person, as one file: asked for, made by a job, downloaded. */
export function ExportPanel() {
  const t = useTranslations("security");
  const client = useQueryClient();
  const { busy, error: refused, act } = useAct();
  const { data, isPending, error, refetch } = useQuery({
    queryKey: exportsKey,
    queryFn: exportCalls.all,
    refetchInterval: ({ state }) =>
      state.data?.results.some(isUnderWay) ? WHILE_UNDER_WAY_MS : false,
  });
  const exports = data?.results ?? [];
  const ask = (): void => {
    void act(exportCalls.ask, () => void client.invalidateQueries({ queryKey: exportsKey }));
  };
  return (
    <Panel title={t("export")} lead={t("exportLead")}>
      {refused !== null && (
        <ProblemNotice heading={t("exportFailedToBegin")} error={refused} compact />
      )}
      <Button loading={busy} disabled={exports.some(isUnderWay)} onClick={ask}>
        {t("exportAsk")}
      </Button>
      {isPending && <Skeleton h={60} mt="md" />}
      {error && (
        <div className={page.after}>
          <ProblemNotice
            heading={t("exportsFailed")}
            error={error}
            onRetry={() => void refetch()}
          />
        </div>
      )}
      {data && exports.length === 0 && (
        <p className={`${page.note} ${page.after}`}>{t("exportNone")}</p>
      )}
      {exports.length > 0 && (
        <div className={page.after}>
          <Rows testId="exports">
            {exports.map((one) => (
              <ExportRow key={one.id} one={one} />
            ))}
          </Rows>
        </div>
      )}
    </Panel>
  );
}

function ExportRow({ one }: { one: Export }) {
  const t = useTranslations("security");
  const quantity = useQuantity();
  const { state, created_at, expires_at, bytes, url } = one;
  const facts = [
    ...(state === "ready" && bytes !== null ? [quantity.bytes(bytes)] : []),
    ...(state === "ready" && expires_at
      ? [t("exportUntil", { date: quantity.dateTime(expires_at) })]
      : []),
    ...(state === "failed" ? [t("exportFailedHint")] : []),
  ];
  return (
    <Row
      icon={Archive}
      name={
        <>
          {quantity.dateTime(created_at)}
          <StateChip tone={TONES[state]} label={t(`exportState.${state}`)} />
        </>
      }
      facts={[facts]}
      actions={
        state === "ready" &&
        url && (
          <Button
            component="a"
            href={url}
            download
            variant="default"
            size="xs"
            leftSection={<Download size={14} aria-hidden />}
          >
            {t("exportDownload")}
          </Button>
        )
      }
    >
      {isUnderWay(one) && <ProgressLine label={t("exportProgress")} share={shareOf(one)} />}
    </Row>
  );
}
