import { LibraryView } from "@/features/library/LibraryView";
import { UploadButton } from "@/features/uploads/UploadButton";

/** The library with the way to fill it, which is another feature's. */
export default function LibraryPage() {
  return (
    <LibraryView
      trashed={false}
      upload={<UploadButton />}
      firstUpload={<UploadButton label="choose" />}
    />
  );
}
