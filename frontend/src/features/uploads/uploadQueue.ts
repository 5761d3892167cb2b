/**
 * The files being uploaded: three at a time, each with progress, speed, cancel and retry.
 *
 * It knows neither React nor the session; what it needs of them is given to it, so that tests can
 * give something else. A lost session or connection parks the files; `resume` sends them again.
 */

import { randomId } from "@/api/identifiers";
import { ApiProblem, asProblem } from "@/api/problem";
import type { Image, Job, UploadReply } from "@/api/shapes";
import { Patience } from "./patience";
import { type Sendable, type Sending, UploadAborted } from "./send";
import { bytesPerSecond, type Sample, withSample } from "./speed";

export type UploadPhase =
  | "waiting"
  | "sending"
  | "parked" // waits for the session or for the connection
  | "processing" // stored; its job runs
  | "done"
  | "failed"
  | "canceled";

export interface Upload {
  id: string;
  file: File;
  /** Idempotency-Key: a transfer repeated after a lost answer stores nothing twice. */
  key: string;
  phase: UploadPhase;
  sentBytes: number;
  /** Bytes per second; null while unknown. */
  speed: number | null;
  /** Why it failed or is parked; while `sending`, why it waits to be sent again. */
  problem: ApiProblem | null;
  image: Image | null;
  job: Job | null;
  /** The library already held exactly these bytes. */
  duplicate: boolean;
}

export interface QueueNeeds {
  /** Null: nobody is signed in now. Throws when that could not be found out. */
  token(): Promise<string | null>;
  renew(stale: string): Promise<string | null>;
  send(what: Sendable, onProgress: (sent: number, total: number) => void): Sending;
  /** Bytes that a file may have; null while that is unknown, and then the server says it. */
  maxBytes(): number | null;
  stored(reply: UploadReply): void;
  pause(ms: number): Promise<void>;
  nowMs(): number;
}

/** One try at an upload. A canceled one may still wait for something when the next has begun. */
interface Run {
  id: string;
  number: number;
}

const AT_ONCE = 3;
const OVER: ReadonlySet<Job["state"]> = new Set(["succeeded", "failed", "canceled"]);

export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly running = new Map<string, Sending>();
  private readonly samples = new Map<string, Sample[]>();
  private readonly runs = new Map<string, number>();
  private readonly listeners = new Set<() => void>();
  private nextId = 1;
  private nextRun = 1;

  constructor(private readonly needs: QueueNeeds) {}

  readonly list = (): readonly Upload[] => this.uploads;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const id = `upload-${this.nextId++}`;
      const blank = { sentBytes: 0, speed: null, problem: null, image: null, job: null };
      return { id, file, key: randomId(), phase: "waiting", duplicate: false, ...blank };
    });
    this.publish([...this.uploads, ...added]);
    this.pump();
  }

  cancel(id: string): void {
    this.change(id, { phase: "canceled", speed: null });
    this.running.get(id)?.abort();
    this.pump();
  }

  retry(id: string): void {
    const { phase, problem } = this.uploads.find((upload) => upload.id === id) ?? {};
    // A refusal is remembered under its key, and so is a transfer that was stopped half way: a new
    // try deserves a new answer. Only after a lost connection the old answer is the right one.
    if (phase === "canceled" || (problem?.status ?? 0) > 0) this.change(id, { key: randomId() });
    this.change(id, { phase: "waiting", problem: null, sentBytes: 0, speed: null });
    this.pump();
  }

  /** Sends again what was parked, once there is a session or a connection. */
  resume(): void {
    for (const upload of this.uploads) {
      if (upload.phase === "parked") this.change(upload.id, { phase: "waiting", sentBytes: 0 });
    }
    this.pump();
  }

  /** Takes finished entries off the list. */
  clearFinished(): void {
    const over: ReadonlySet<UploadPhase> = new Set(["done", "canceled", "failed"]);
    this.publish(this.uploads.filter((upload) => !over.has(upload.phase)));
  }

  /** Somebody else is signed in, or nobody: nothing of these files may go on. */
  discard(): void {
    const sendings = [...this.running.values()];
    this.publish([]);
    for (const sending of sendings) sending.abort();
  }

  /** Tells the uploads how their jobs are doing. */
  observe(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const upload = this.uploads.find((entry) => entry.job?.id === job.id);
      if (upload?.phase === "processing") this.change(upload.id, afterJob(job));
    }
  }

  /** Ids of jobs that some upload still waits for. */
  awaitedJobs(): string[] {
    return this.uploads.flatMap((upload) =>
      upload.phase === "processing" && upload.job ? [upload.job.id] : [],
    );
  }

  private pump(): void {
    for (const upload of this.uploads) {
      if (this.sendingCount() >= AT_ONCE) return;
      if (upload.phase === "waiting") void this.run(upload);
    }
  }

  private sendingCount(): number {
    return this.uploads.filter((upload) => upload.phase === "sending").length;
  }

  private async run({ id }: Upload): Promise<void> {
    const run = { id, number: this.nextRun++ };
    this.runs.set(id, run.number);
    this.change(id, { phase: "sending", sentBytes: 0, speed: null, problem: null });
    try {
      const reply = await this.sendPatiently(run);
      if (this.goesOn(run)) this.finish(id, reply);
    } catch (error) {
      if (this.goesOn(run)) this.fail(id, error);
    }
    if (this.runs.get(id) === run.number) this.forget(id);
    this.pump();
  }

  /** Whether nobody has canceled this try, or begun another one, while it waited. */
  private goesOn({ id, number }: Run): boolean {
    return this.runs.get(id) === number && this.phaseOf(id) === "sending";
  }

  private forget(id: string): void {
    this.running.delete(id);
    this.samples.delete(id);
    this.runs.delete(id);
  }

  /** Repeats, under the same key, what was refused only for now. */
  private async sendPatiently(run: Run): Promise<UploadReply> {
    const patience = new Patience();
    for (;;) {
      try {
        return await this.sendOnce(run);
      } catch (error) {
        const pause = patience.pauseMs(error);
        if (pause === null || !this.goesOn(run)) throw error;
        this.change(run.id, { sentBytes: 0, speed: null, problem: asProblem(error) });
        await this.needs.pause(pause);
        if (this.goesOn(run)) this.change(run.id, { problem: null });
      }
    }
  }

  private async sendOnce(run: Run): Promise<UploadReply> {
    const token = await this.needs.token();
    if (token === null) throw sessionLost();
    try {
      return await this.transfer(run, token);
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      const renewed = await this.needs.renew(token);
      if (renewed === null) throw sessionLost();
      return await this.transfer(run, renewed);
    }
  }

  private async transfer(run: Run, token: string): Promise<UploadReply> {
    const upload = this.uploads.find(({ id }) => id === run.id);
    if (!upload || !this.goesOn(run)) throw new UploadAborted();
    const { file, key } = upload;
    if (file.size > (this.needs.maxBytes() ?? Number.POSITIVE_INFINITY)) throw fileTooLarge();
    const sending = this.needs.send({ file, key, token }, (sent, total) => {
      if (this.goesOn(run)) this.progress(upload, sent, total);
    });
    this.running.set(run.id, sending);
    return await sending.reply;
  }

  private progress(upload: Upload, sent: number, total: number): void {
    // The body is a little larger than the file: count in proportion.
    const sentBytes = total > 0 ? Math.round((sent / total) * upload.file.size) : 0;
    const samples = withSample(this.samples.get(upload.id) ?? [], {
      atMs: this.needs.nowMs(),
      sentBytes,
    });
    this.samples.set(upload.id, samples);
    this.change(upload.id, { sentBytes, speed: bytesPerSecond(samples) });
  }

  private finish(id: string, reply: UploadReply): void {
    const common = { image: reply.image, speed: null, duplicate: reply.duplicate === true };
    const sentBytes = this.uploads.find((upload) => upload.id === id)?.file.size ?? 0;
    const job = reply.job ?? null;
    this.change(id, { ...common, sentBytes, ...(job ? afterJob(job) : { phase: "done" }) });
    this.needs.stored(reply);
  }

  private fail(id: string, error: unknown): void {
    if (error instanceof UploadAborted) return;
    const problem = asProblem(error);
    const parked = problem.status === 401 || (problem.status === 0 && !navigator.onLine);
    this.change(id, { phase: parked ? "parked" : "failed", problem, speed: null });
  }

  private phaseOf(id: string): UploadPhase | undefined {
    return this.uploads.find((upload) => upload.id === id)?.phase;
  }

  private change(id: string, fields: Partial<Upload>): void {
    this.publish(this.uploads.map((entry) => (entry.id === id ? { ...entry, ...fields } : entry)));
  }

  private publish(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

function sessionLost(): ApiProblem {
  return new ApiProblem({ status: 401, code: "not_authenticated", title: "Sign in again" });
}

function fileTooLarge(): ApiProblem {
  return new ApiProblem({ status: 413, code: "file_too_large", title: "The file is too large" });
}

function afterJob(job: Job): Partial<Upload> {
  if (!OVER.has(job.state)) return { job, phase: "processing" };
  if (job.state === "succeeded") return { job, phase: "done" };
  if (job.state === "canceled") return { job, phase: "canceled" };
  const problem = new ApiProblem({
    status: 422,
    code: job.error?.code ?? "job_failed",
    title: "Processing failed",
    detail: job.error?.detail ?? "",
  });
  return { job, phase: "failed", problem };
}
