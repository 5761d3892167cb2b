import type { Upload } from "./uploadQueue";

/** All uploads taken together. */
export function summarize(list: readonly Upload[]) {
  const counted = list.filter((upload) => upload.phase !== "canceled");
  const size = counted.reduce((sum, upload) => sum + upload.file.size, 0);
  const sent = counted.reduce((sum, upload) => sum + upload.sentBytes, 0);
  const over = list.filter(({ phase }) => ["done", "failed", "canceled"].includes(phase)).length;
  return {
    /** Of the bytes to send, from 0 to 1. */
    share: size > 0 ? sent / size : 0,
    /** Bytes per second. */
    speed: list.reduce((sum, upload) => sum + (upload.speed ?? 0), 0),
    over,
    finished: over === list.length,
  };
}
