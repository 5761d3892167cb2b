import { Button, Menu } from "@mantine/core";
import { ChevronDown, FolderUp, Images, Upload } from "lucide-react";
import { useRef } from "react";
import { useTranslations } from "use-intl";
import { ACCEPT } from "./imageFiles";
import classes from "./UploadButton.module.css";
import { useAddFiles } from "./useAddFiles";

/** Chooses files; its menu, whole folders too where the browser can. */
export function UploadButton({ label = "upload" }: { label?: "upload" | "choose" }) {
  const t = useTranslations();
  const addFiles = useAddFiles();
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);

  const take = ({ currentTarget }: React.ChangeEvent<HTMLInputElement>): void => {
    addFiles(currentTarget.files ?? []);
    // The same file may be chosen again after it was canceled.
    currentTarget.value = "";
  };
  return (
    <>
      <Button.Group>
        <Button
          leftSection={<Upload size={17} aria-hidden />}
          onClick={() => files.current?.click()}
        >
          {label === "upload" ? t("library.upload") : t("uploads.choose")}
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button className={classes.more ?? ""} aria-label={t("uploads.more")}>
              <ChevronDown size={17} aria-hidden />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<Images size={16} aria-hidden />}
              onClick={() => files.current?.click()}
            >
              {t("uploads.choose")}
            </Menu.Item>
            <Menu.Item
              leftSection={<FolderUp size={16} aria-hidden />}
              onClick={() => folder.current?.click()}
            >
              {t("uploads.chooseFolder")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label={t("uploads.choose")}
        data-testid="file-input"
        onChange={take}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        {...{ webkitdirectory: "" }}
        aria-label={t("uploads.chooseFolder")}
        data-testid="folder-input"
        onChange={take}
      />
    </>
  );
}
