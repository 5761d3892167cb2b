/**
 * The files being uploaded: three at a time, each with progress, speed, cancel and retry.
 *
 * It knows neither React nor the session; what it needs of them is given to it, so that tests can
 * give something else. A lost session or connection parks the files; `resume` sends them again.
 */

import { randomId } from "@/api/identifiers";
import { ApiProblem, asProblem } from "@/api/problem";
import type { Job, UploadReply } from "@/api/shapes";
import { Patience } from "./patience";
import { type Sendable, type Sending, UploadAborted } from "./send";
import { bytesPerSecond, type Sample, withSample } from "./speed";
import { afterJob, canRetry, isUnsent, type Upload, type UploadPhase } from "./upload";
import { UploadList } from "./uploadList";

export interface QueueNeeds {
  /** Null: nobody is signed in now. Throws when that could not be found out. */
  token(): Promise<string | null>;
  renew(stale: string): Promise<string | null>;
  send(what: Sendable, onProgress: (sent: number, total: number) => void): Sending;
  /** Bytes that a file may have; null while that is unknown, and then the server says it. */
  maxBytes(): number | null;
  /** An image is stored, or found to be there. */
  stored(reply: UploadReply): void;
  /** Begins a failed job again; its image is stored, and no file has to be sent. */
  retryJob(id: string): Promise<Job>;
  pause(ms: number): Promise<void>;
  nowMs(): number;
}

/** One try at an upload. A canceled one may still wait for something when the next has begun. */
interface Run {
  id: string;
  number: number;
}

const AT_ONCE = 3;

export class UploadQueue {
  private readonly uploads = new UploadList();
  private readonly running = new Map<string, Sending>();
  private readonly samples = new Map<string, Sample[]>();
  private readonly runs = new Map<string, number>();
  private storedCount = 0;
  private nextId = 1;
  private nextRun = 1;

  constructor(private readonly needs: QueueNeeds) {}

  readonly list = this.uploads.all;

  readonly subscribe = this.uploads.subscribe;

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const id = `upload-${this.nextId++}`;
      const blank = { sentBytes: 0, speed: null, problem: null, image: null, job: null };
      return { id, file, key: "", phase: "waiting", duplicate: false, ...blank };
    });
    this.uploads.replace([...this.list(), ...added]);
    this.pump();
  }

  cancel(id: string): void {
    this.uploads.change(id, { phase: "canceled", speed: null });
    this.running.get(id)?.abort();
    this.pump();
  }

  retry(id: string): void {
    const upload = this.uploads.get(id);
    if (!upload) return;
    if (upload.image && upload.job) {
      void this.retryJob(id, upload.job.id);
      return;
    }
    // A refusal is remembered under its key, and so is a transfer that was stopped half way: a new
    // try deserves a new answer. Only after a lost connection the old answer is the right one.
    const isAnswered = upload.phase === "canceled" || (upload.problem?.status ?? 0) > 0;
    const key = isAnswered ? "" : upload.key;
    this.uploads.change(id, { key, phase: "waiting", problem: null, sentBytes: 0, speed: null });
    this.pump();
  }

  /** Everything that failed and may do better now. */
  retryAll(): void {
    for (const upload of this.list()) {
      if (upload.phase === "failed" && canRetry(upload)) this.retry(upload.id);
    }
  }

  /** Sends again what was parked, once there is a session or a connection. */
  resume(): void {
    const parked = this.list().filter(({ phase }) => phase === "parked");
    this.uploads.changeAll(parked.map(({ id }) => [id, { phase: "waiting", sentBytes: 0 }]));
    this.pump();
  }

  /** Takes off the list what came to its end well; failures stay until they are dismissed. */
  clearFinished(): void {
    this.keep(({ phase }) => phase !== "done" && phase !== "canceled");
  }

  /** Takes one failure off the list. */
  dismiss(id: string): void {
    this.keep((upload) => upload.id !== id || upload.phase !== "failed");
  }

  dismissFailed(): void {
    this.keep(({ phase }) => phase !== "failed");
  }

  /** Somebody else is signed in, or nobody: nothing of these files may go on. */
  discard(): void {
    const sendings = [...this.running.values()];
    this.uploads.replace([]);
    for (const sending of sendings) sending.abort();
  }

  /** Tells the uploads how their jobs are doing. */
  observe(jobs: readonly Job[]): void {
    const known = new Map(jobs.map((job) => [job.id, job]));
    const changes = this.list().flatMap(({ id, phase, job }) => {
      const latest = phase === "processing" && job && known.get(job.id);
      return latest ? [[id, afterJob(latest)] as const] : [];
    });
    this.uploads.changeAll(changes);
  }

  /** Ids of jobs that some upload still waits for. */
  awaitedJobs(): string[] {
    return this.list().flatMap((upload) =>
      upload.phase === "processing" && upload.job ? [upload.job.id] : [],
    );
  }

  /** How many files are still to be stored. */
  unsent(): number {
    return this.list().filter(isUnsent).length;
  }

  /** How many were stored since this was last asked. */
  takeStored(): number {
    const count = this.storedCount;
    this.storedCount = 0;
    return count;
  }

  private keep(isKept: (upload: Upload) => boolean): void {
    this.uploads.replace(this.list().filter(isKept));
  }

  private async retryJob(id: string, jobId: string): Promise<void> {
    this.uploads.change(id, { phase: "processing", problem: null });
    try {
      this.uploads.change(id, afterJob(await this.needs.retryJob(jobId)));
    } catch (error) {
      this.uploads.change(id, { phase: "failed", problem: asProblem(error) });
    }
  }

  private pump(): void {
    for (const upload of this.list()) {
      if (this.sendingCount() >= AT_ONCE) return;
      if (upload.phase === "waiting") void this.run(upload);
    }
  }

  private sendingCount(): number {
    return [...this.runs.keys()].filter((id) => this.phaseOf(id) === "sending").length;
  }

  private async run({ id }: Upload): Promise<void> {
    const run = { id, number: this.nextRun++ };
    this.runs.set(id, run.number);
    this.uploads.change(id, { phase: "sending", sentBytes: 0, speed: null, problem: null });
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
        this.uploads.change(run.id, { sentBytes: 0, speed: null, problem: asProblem(error) });
        await this.needs.pause(pause);
        if (this.goesOn(run)) this.uploads.change(run.id, { problem: null });
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
    const upload = this.uploads.get(run.id);
    if (!upload || !this.goesOn(run)) throw new UploadAborted();
    const { file, key } = this.withKey(upload);
    if (file.size > (this.needs.maxBytes() ?? Number.POSITIVE_INFINITY)) throw fileTooLarge();
    const sending = this.needs.send({ file, key, token }, (sent, total) => {
      if (this.goesOn(run)) this.progress(upload, sent, total);
    });
    this.running.set(run.id, sending);
    return await sending.reply;
  }

  /** Thousands of files get their keys when their turn comes, not all at once. */
  private withKey(upload: Upload): Upload {
    if (upload.key) return upload;
    const keyed = { ...upload, key: randomId() };
    this.uploads.change(upload.id, { key: keyed.key });
    return keyed;
  }

  private progress(upload: Upload, sent: number, total: number): void {
    // The body is a little larger than the file: count in proportion.
    const sentBytes = total > 0 ? Math.round((sent / total) * upload.file.size) : 0;
    const samples = withSample(this.samples.get(upload.id) ?? [], {
      atMs: this.needs.nowMs(),
      sentBytes,
    });
    this.samples.set(upload.id, samples);
    this.uploads.change(upload.id, { sentBytes, speed: bytesPerSecond(samples) });
  }

  private finish(id: string, reply: UploadReply): void {
    const common = { image: reply.image, speed: null, duplicate: reply.duplicate === true };
    const sentBytes = this.uploads.get(id)?.file.size ?? 0;
    const job = reply.job ?? null;
    this.uploads.change(id, { ...common, sentBytes, ...(job ? afterJob(job) : { phase: "done" }) });
    this.storedCount += 1;
    this.needs.stored(reply);
  }

  private fail(id: string, error: unknown): void {
    if (error instanceof UploadAborted) return;
    const problem = asProblem(error);
    const parked = problem.status === 401 || (problem.status === 0 && !navigator.onLine);
    this.uploads.change(id, { phase: parked ? "parked" : "failed", problem, speed: null });
  }

  private phaseOf(id: string): UploadPhase | undefined {
    return this.uploads.get(id)?.phase;
  }
}

function sessionLost(): ApiProblem {
  return new ApiProblem({ status: 401, code: "not_authenticated", title: "Sign in again" });
}

function fileTooLarge(): ApiProblem {
  return new ApiProblem({ status: 413, code: "file_too_large", title: "The file is too large" });
}
