import { Button } from "@mantine/core";
import { Archive, Eraser, Layers } from "lucide-react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import type { ApiProblem } from "@/api/problem";
import type { Image, Job } from "@/api/shapes";
import { ProblemDetails } from "@/design/ProblemDetails";
import { ProgressLine } from "@/design/ProgressLine";
import { StateChip, type Tone } from "@/design/StateChip";
import { UserText } from "@/design/UserText";
import { useProblemWords } from "@/design/useProblemWords";
import { useQuantity } from "@/i18n/useQuantity";
import { nameOf, presetSources } from "@/model/images/sources";
import { isActive } from "@/model/jobs/isActive";
import { jobProblem } from "@/model/jobs/jobProblem";
import classes from "./JobRow.module.css";

const TONES: Record<Job["state"], Tone> = {
  queued: "neutral",
  running: "live",
  succeeded: "good",
  failed: "bad",
  canceled: "warn",
};

const KINDS = {
  render: { Icon: Layers, label: "activity.kindRender" },
  delete: { Icon: Eraser, label: "activity.kindDelete" },
  export: { Icon: Archive, label: "activity.kindExport" },
} as const;

interface Props {
  job: Job;
  /** The job's image, when it happens to be known here. */
  image: Image | null;
  now: Date;
  onRetry(job: Job): void;
  onCancel(job: Job): void;
}

export function JobRow({ job, image, now, onRetry, onCancel }: Props) {
  const t = useTranslations();
  const quantity = useQuantity();
  const { Icon, label } = KINDS[job.kind];
  const thumbnail = image && presetSources(image)[0];
  const when = quantity.ago(job.created_at, now);
  const { done, total } = job.progress;
  const ended = job.state === "failed" || job.state === "canceled";
  const again = ended && job.kind !== "export";
  return (
    <li className={classes.row} data-testid="job-row" data-state={job.state}>
      <span className={classes.icon}>
        <Icon size={19} strokeWidth={1.75} aria-hidden />
        {thumbnail && <img src={thumbnail.url} alt="" loading="lazy" decoding="async" />}
      </span>
      <div className={classes.body}>
        <div className={classes.line}>
          <span className={classes.kind}>{t(label)}</span>
          <StateChip tone={TONES[job.state]} label={t(`jobState.${job.state}`)} />
        </div>
        {isActive(job) && total > 0 && (
          <ProgressLine label={t("activity.progress")} share={done / total} />
        )}
        {job.error && <JobFailure problem={jobProblem(job)} />}
        <p className={classes.facts}>
          <Facts job={job} when={when} name={image && nameOf(image)} />
        </p>
      </div>
      {again && (
        <Button
          variant="default"
          size="xs"
          aria-label={t("activity.retryJob", { time: when })}
          onClick={() => onRetry(job)}
        >
          {t("activity.retry")}
        </Button>
      )}
      {isActive(job) && (
        <Button
          variant="default"
          size="xs"
          aria-label={t("activity.cancelJob", { time: when })}
          onClick={() => onCancel(job)}
        >
          {t("activity.cancel")}
        </Button>
      )}
    </li>
  );
}

function Facts({ job, when, name }: { job: Job; when: string; name: string | null }) {
  const t = useTranslations("activity");
  const quantity = useQuantity();
  const { done, total } = job.progress;
  const parts: string[] = [when];
  if (isActive(job) && total > 0) {
    parts.push(t("step", { done: quantity.number(done), total: quantity.number(total) }));
  }
  if (job.started_at && job.finished_at) {
    const took = (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000;
    const time = took < 1 ? quantity.milliseconds(took * 1000) : quantity.seconds(took);
    parts.push(t("took", { time }));
  }
  if (job.attempt > 1) parts.push(t("attempt", { count: job.attempt }));
  return (
    <>
      {parts.join(" · ")}
      {job.image_id && job.kind !== "delete" && (
        <>
          {" · "}
          <Link to={`/images/${job.image_id}`}>
            <UserText>{name || t("image")}</UserText>
          </Link>
        </>
      )}
    </>
  );
}

function JobFailure({ problem }: { problem: ApiProblem }) {
  const { title } = useProblemWords()(problem);
  return (
    <div className={classes.error}>
      <p>{title}</p>
      <ProblemDetails problem={problem} />
    </div>
  );
}
