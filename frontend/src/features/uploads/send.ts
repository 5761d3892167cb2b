/**
 * Sends one file. XMLHttpRequest, because `fetch` reports no progress of a body being sent.
 */
import { randomId } from "@/api/identifiers";
import { networkProblem, problemFromBody } from "@/api/problem";
import type { UploadReply } from "@/api/shapes";

export interface Sendable {
  file: File;
  key: string;
  token: string;
}

export interface Sending {
  reply: Promise<UploadReply>;
  abort(): void;
}

export class UploadAborted extends Error {}

/** The good answer; null for a refusal, and for a page that something in between answers with. */
function replyIn({ status, responseText }: XMLHttpRequest): UploadReply | null {
  if (status !== 200 && status !== 202) return null;
  try {
    const reply = JSON.parse(responseText) as Partial<UploadReply> | null;
    return reply?.image ? (reply as UploadReply) : null;
  } catch {
    return null;
  }
}

export function sendFile(
  { file, key, token }: Sendable,
  onProgress: (sentBytes: number, totalBytes: number) => void,
): Sending {
  const request = new XMLHttpRequest();
  const reply = new Promise<UploadReply>((resolve, reject) => {
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    request.onload = () => {
      const reply = replyIn(request);
      if (reply) resolve(reply);
      else {
        reject(
          problemFromBody(request.status, request.responseText, (name) =>
            request.getResponseHeader(name),
          ),
        );
      }
    };
    request.onerror = () => reject(networkProblem());
    request.onabort = () => reject(new UploadAborted());
  });
  request.open("POST", "/api/v1/images");
  request.setRequestHeader("Authorization", `Bearer ${token}`);
  request.setRequestHeader("Idempotency-Key", key);
  request.setRequestHeader("X-Request-ID", randomId());
  request.setRequestHeader("Accept", "application/json");
  const form = new FormData();
  form.append("file", file, file.name);
  request.send(form);
  return { reply, abort: () => request.abort() };
}
