/**
 * Remembers replies that carry an ETag and answers a 304 from memory.
 *
 * Polling then costs a header instead of a body, whatever the reply's Cache-Control says.
 * Nothing is written to disk: the replies are private to the person signed in.
 */

interface Remembered {
  etag: string;
  body: string;
  contentType: string;
}

const CAPACITY = 200;

export class ConditionalMemory {
  private readonly replies = new Map<string, Remembered>();

  /** Adds `If-None-Match` when an earlier reply to the same URL is remembered. */
  prepare(url: string, headers: Headers): void {
    const known = this.replies.get(url);
    if (known) headers.set("If-None-Match", known.etag);
  }

  /** Turns a 304 into the remembered 200, and remembers a new 200. */
  async settle(url: string, response: Response): Promise<Response> {
    if (response.status === 304) return this.replay(url, response);
    const etag = response.headers.get("ETag");
    if (response.status === 200 && etag) await this.remember(url, etag, response);
    return response;
  }

  clear(): void {
    this.replies.clear();
  }

  private replay(url: string, response: Response): Response {
    const known = this.replies.get(url);
    if (!known) return response;
    const headers = new Headers(response.headers);
    headers.delete("Content-Length"); // a 304 has none, or 0: not the length of what is remembered
    headers.set("Content-Type", known.contentType);
    headers.set("ETag", known.etag);
    return new Response(known.body, { status: 200, headers });
  }

  private async remember(url: string, etag: string, response: Response): Promise<void> {
    const body = await response.clone().text();
    this.replies.delete(url);
    this.replies.set(url, {
      etag,
      body,
      contentType: response.headers.get("Content-Type") ?? "application/json",
    });
    const oldest = this.replies.keys().next();
    if (this.replies.size > CAPACITY && !oldest.done) this.replies.delete(oldest.value);
  }
}
