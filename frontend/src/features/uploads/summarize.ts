import { canRetry, type Upload } from "./upload";

/** All uploads taken together. Those that were canceled count for nothing. */
export function summarize(list: readonly Upload[]) {
  const counted = list.filter((upload) => upload.phase !== "canceled");
  const failed = counted.filter(({ phase }) => phase === "failed");
  const done = counted.filter(({ phase }) => phase === "done").length;
  const size = counted.reduce((sum, upload) => sum + upload.file.size, 0);
  const sent = counted.reduce((sum, upload) => sum + upload.sentBytes, 0);
  return {
    /** Of the bytes to send, from 0 to 1. */
    share: size > 0 ? sent / size : 0,
    /** Bytes per second. */
    speed: list.reduce((sum, upload) => sum + (upload.speed ?? 0), 0),
    total: counted.length,
    /** Those that came to a good end. */
    done,
    failed: failed.length,
    /** Those among the failed for which another try makes sense. */
    retryable: failed.filter(canRetry).length,
    /** Whether "clear" takes something away. */
    clearable: done > 0 || counted.length < list.length,
    finished: done + failed.length === counted.length,
  };
}

const RANKS: Partial<Record<Upload["phase"], number>> = { failed: 0, done: 2, canceled: 2 };

/** Failures first, what is over last; each in the order of its arrival. */
export function ordered(list: readonly Upload[]): readonly Upload[] {
  const rank = ({ phase }: Upload): number => RANKS[phase] ?? 1;
  return [...list].sort((a, b) => rank(a) - rank(b));
}
