import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { showToast } from "@/design/toasts";
import { splitImages } from "./imageFiles";
import { uploads } from "./uploads";

/** Queues the images among some files and says how many were none. */
export function useAddFiles(): (files: Iterable<File>) => void {
  const t = useTranslations("uploads");
  return useCallback(
    (files) => {
      const { images, others } = splitImages(files);
      if (images.length > 0) uploads.add(images);
      if (others > 0) showToast(t("notImages", { count: others }));
    },
    [t],
  );
}
