/** The uploads in the order of their arrival; a change of one of thousands costs no search. */
import type { Upload } from "./upload";

export class UploadList {
  private uploads: readonly Upload[] = [];
  private places = new Map<string, number>();
  private readonly listeners = new Set<() => void>();

  readonly all = (): readonly Upload[] => this.uploads;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  get(id: string): Upload | undefined {
    const place = this.places.get(id);
    return place === undefined ? undefined : this.uploads[place];
  }

  replace(uploads: readonly Upload[]): void {
    this.places = new Map(uploads.map(({ id }, place) => [id, place]));
    this.publish(uploads);
  }

  change(id: string, fields: Partial<Upload>): void {
    this.changeAll([[id, fields]]);
  }

  /** Many changes, published once. Ids that are no longer here are ignored. */
  changeAll(changes: Iterable<readonly [string, Partial<Upload>]>): void {
    const uploads = [...this.uploads];
    let changed = false;
    for (const [id, fields] of changes) {
      const place = this.places.get(id);
      const upload = place === undefined ? undefined : uploads[place];
      if (place === undefined || !upload) continue;
      uploads[place] = { ...upload, ...fields };
      changed = true;
    }
    if (changed) this.publish(uploads);
  }

  private publish(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}
