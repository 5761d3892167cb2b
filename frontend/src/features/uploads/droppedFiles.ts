/** Reads what was dropped: files, and folders however deep they go. */

export interface Found {
  files: File[];
  /** Files and folders that could not be read. */
  unreadable: number;
}

/** What systems leave in folders, for themselves and not for people. */
const LEFT_BY_SYSTEMS = new Set(["thumbs.db", "desktop.ini", "__macosx"]);

export function isHidden(name: string): boolean {
  return name.startsWith(".") || LEFT_BY_SYSTEMS.has(name.toLowerCase());
}

/** Must be called while the drop is handled: afterwards the browser forgets what was dropped. */
export function droppedFiles(transfer: DataTransfer): Promise<Found> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) {
    return Promise.resolve({ files: [...transfer.files], unreadable: 0 });
  }
  return filesIn(entries);
}

/** Level by level and in the order of the folders; what cannot be read is counted, not thrown. */
export async function filesIn(entries: readonly FileSystemEntry[]): Promise<Found> {
  const found: Found = { files: [], unreadable: 0 };
  let level = entries;
  while (level.length > 0) {
    const answers = await Promise.allSettled(
      level.filter(({ name }) => !isHidden(name)).map(readEntry),
    );
    const below: FileSystemEntry[] = [];
    for (const answer of answers) {
      if (answer.status === "rejected") found.unreadable += 1;
      else if (answer.value instanceof File) found.files.push(answer.value);
      else below.push(...answer.value);
    }
    level = below;
  }
  return found;
}

function readEntry(entry: FileSystemEntry): Promise<File | FileSystemEntry[]> {
  if (entry.isFile) {
    return new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
  }
  return allIn(entry as FileSystemDirectoryEntry);
}

/** A reader gives a hundred entries at a time, and none when there are no more. */
async function allIn(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    for (const entry of some) all.push(entry);
  }
}
