import { Button, SegmentedControl, Skeleton, Stack } from "@mantine/core";
import { ListChecks } from "lucide-react";
import { useState } from "react";
import { useNow, useTranslations } from "use-intl";
import type { JobState } from "@/api/shapes";
import { EmptyState } from "@/design/EmptyState";
import { PageHeader } from "@/design/PageHeader";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useJobActions } from "@/model/jobs/useJobActions";
import classes from "./ActivityPage.module.css";
import { JobRow } from "./JobRow";
import { useJobs } from "./useJobs";
import { useKnownImages } from "./useKnownImages";
import { useFeedProblem } from "./useRunningJobs";

const STATES = ["all", "running", "queued", "succeeded", "failed", "canceled"] as const;

export default function ActivityPage() {
  const t = useTranslations();
  const now = useNow({ updateInterval: 10_000 });
  const [state, setState] = useState<JobState | "all">("all");
  const list = useJobs(state);
  const { retry, cancel } = useJobActions();
  const images = useKnownImages();
  const feedProblem = useFeedProblem();

  return (
    <div className={classes.page}>
      <PageHeader title={t("activity.title")} lead={t("activity.lead")} />
      <div className={classes.filter}>
        <SegmentedControl
          aria-label={t("activity.filter")}
          value={state}
          onChange={(value) => setState(value as JobState | "all")}
          data={STATES.map((value) => ({
            value,
            label: value === "all" ? t("activity.all") : t(`jobState.${value}`),
          }))}
        />
      </div>
      {list.isPending && (
        <Stack gap="xs" aria-busy>
          {["a", "b", "c", "d"].map((key) => (
            <Skeleton key={key} h={72} />
          ))}
        </Stack>
      )}
      {list.isError && (
        <ProblemNotice
          heading={t("activity.failed")}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      )}
      {feedProblem && !list.isError && (
        <div className={classes.notice}>
          <ProblemNotice heading={t("activity.feedFailed")} error={feedProblem} compact />
        </div>
      )}
      {list.isSuccess && list.jobs.length === 0 && (
        <EmptyState
          icon={ListChecks}
          title={t("activity.emptyTitle")}
          text={t("activity.emptyText")}
        />
      )}
      {list.jobs.length > 0 && (
        <ul className={classes.list} aria-label={t("activity.list")} data-testid="jobs">
          {list.jobs.map((job) => (
            <JobRow
              key={job.id}
              job={job}
              image={images.get(job.image_id ?? "") ?? null}
              now={now}
              onRetry={retry}
              onCancel={cancel}
            />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          fullWidth
          mt="md"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("common.loadMore")}
        </Button>
      )}
    </div>
  );
}
