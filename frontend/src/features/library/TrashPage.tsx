import { LibraryView } from "./LibraryView";

export default function TrashPage() {
  return <LibraryView trashed />;
}
