import { useCallback } from "react";
import { useTranslations } from "use-intl";
import { showToast } from "@/design/toasts";
import { splitImages } from "./imageFiles";
import { uploads } from "./uploads";

/** Queues the images among some files and says once how many were left out, and why. */
export function useAddFiles(): (files: Iterable<File>, unreadable?: number) => void {
  const t = useTranslations("uploads");
  return useCallback(
    (files, unreadable = 0) => {
      const { images, others } = splitImages(files);
      if (images.length > 0) uploads.add(images);
      const words = [
        ...(others > 0 ? [t("notImages", { count: others })] : []),
        ...(unreadable > 0 ? [t("unreadable", { count: unreadable })] : []),
      ];
      if (images.length + words.length === 0) words.push(t("noPictures"));
      if (words.length > 0) showToast(words.join(" · "));
    },
    [t],
  );
}
