import { Button } from "@mantine/core";
import { Upload } from "lucide-react";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { ACCEPT } from "./imageFiles";
import { useAddFiles } from "./useAddFiles";

export function UploadButton({ label = "upload" }: { label?: "upload" | "choose" }) {
  const t = useTranslations();
  const addFiles = useAddFiles();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button leftSection={<Upload size={17} aria-hidden />} onClick={() => input.current?.click()}>
        {label === "upload" ? t("library.upload") : t("uploads.choose")}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label={t("uploads.choose")}
        data-testid="file-input"
        onChange={(event) => {
          addFiles(event.currentTarget.files ?? []);
          // The same file may be chosen again after it was canceled.
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
