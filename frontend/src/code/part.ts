/** A part of the interface whose code comes when it is first needed, or earlier, at idle. */

/** The code of a part did not come: the network is gone, or the release that it belongs to. */
export class MissingCode extends Error {
  /** How often in a row the part has not come. */
  readonly failures: number;
  /** Lets the part be asked for again. */
  readonly forget: () => void;

  constructor(cause: unknown, failures: number, forget: () => void) {
    super("A part of the interface could not be loaded", { cause });
    this.name = "MissingCode";
    this.failures = failures;
    this.forget = forget;
  }
}

/** What can be fetched before it is needed. */
export interface Prefetchable {
  /** Whether anybody has asked for it, or it has been prefetched. */
  readonly isAsked: boolean;
  prefetch(): Promise<void>;
}

/** Every part that the code loaded so far can ask for. */
export const parts = new Set<Prefetchable>();

/**
 * The promise with the marks by which React's `use` reads one that is kept without waiting for it:
 * what has been prefetched is then rendered at once, and not after a moment of its fallback.
 */
function readable<T>(promise: Promise<T>): Promise<T> {
  promise.then(
    (value) => Object.assign(promise, { status: "fulfilled", value }),
    () => undefined, // whoever awaits the promise itself gets the error
  );
  return promise;
}

/**
 * Remembers a failure as well as a success, so that every render gets the same. After
 * `forget` of the failure, the next `fetch` asks again.
 */
export class Part<T> implements Prefetchable {
  private asked: Promise<T> | null = null;
  private failures = 0;

  constructor(private readonly load: () => Promise<T>) {
    parts.add(this);
  }

  get isAsked(): boolean {
    return this.asked !== null;
  }

  fetch(): Promise<T> {
    this.asked ??= readable(
      this.load().catch((cause: unknown) => {
        this.failures += 1;
        throw new MissingCode(cause, this.failures, () => this.forget());
      }),
    );
    return this.asked;
  }

  /** Fetches it for later. A failure is nobody's concern yet, and is not counted. */
  async prefetch(): Promise<void> {
    if (this.asked) return;
    await this.fetch().catch(() => {
      this.failures -= 1;
      this.forget();
    });
  }

  private forget(): void {
    this.asked = null;
  }
}
