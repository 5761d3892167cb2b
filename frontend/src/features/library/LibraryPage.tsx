import { LibraryView } from "./LibraryView";

export default function LibraryPage() {
  return <LibraryView trashed={false} />;
}
