/** The one upload queue of this tab, wired to the session and to the library's cache. */
import { useSyncExternalStore } from "react";
import { currentAccessToken, renewAccess } from "@/api/session/renewal";
import { sessionStore } from "@/api/session/sessionStore";
import type { Overview } from "@/api/shapes";
import { imagesChanged } from "@/model/images/refresh";
import { retryJob } from "@/model/jobs/jobCalls";
import { wakeJobFeed } from "@/model/jobs/jobFeed";
import { queryClient } from "@/model/queryClient";
import { overviewKey } from "@/model/useOverview";
import { sendFile } from "./send";
import { isUnsent, type Upload } from "./upload";
import { UploadQueue } from "./uploadQueue";

/** As many files as are sent at a time, and fewer. */
const FEW = 3;

export const uploads = new UploadQueue({
  token: currentAccessToken,
  renew: renewAccess,
  send: sendFile,
  maxBytes: () => queryClient.getQueryData<Overview>(overviewKey)?.usage?.upload_max_bytes ?? null,
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  nowMs: () => performance.now(),
  retryJob,
  stored: () => {
    // One of a few shows at once; many show by and by, after what is asked about their jobs.
    if (uploads.unsent() <= FEW) {
      uploads.takeStored();
      imagesChanged(queryClient);
    }
    wakeJobFeed(queryClient);
  },
});

sessionStore.subscribe((state, previous) => {
  const someoneElse = previous.userId !== null && state.userId !== previous.userId;
  if (someoneElse || state.phase === "anonymous") uploads.discard();
  else if (state.phase === "active") uploads.resume();
});

globalThis.addEventListener("online", () => uploads.resume());

/** Leaving the page would lose what is still being sent. */
globalThis.addEventListener("beforeunload", (event) => {
  if (uploads.list().some(isUnsent)) event.preventDefault();
});

/** Three transfers tell of their progress dozens of times a second: more than anybody sees. */
const SHOWN_EVERY_MS = 100;

function subscribeSlowly(show: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = uploads.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      show();
    }, SHOWN_EVERY_MS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(subscribeSlowly, uploads.list);
}
