import { Button, Group, Modal } from "@mantine/core";
import { Copy, Download, Printer } from "lucide-react";
import { useTranslations } from "use-intl";
import { useCopy } from "@/design/useCopy";
import page from "./AccountPage.module.css";
import classes from "./RecoveryCodesDialog.module.css";

const FILE = "recovery-codes.txt";

/** Shown once, with the ways to keep them. */
export default function RecoveryCodesDialog({
  codes,
  onClose,
}: {
  codes: string[];
  onClose(): void;
}) {
  const t = useTranslations("security");
  const common = useTranslations("common");
  const { copied, copy } = useCopy();
  const text = codes.join("\n");
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = FILE;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      title={t("codesTitle")}
    >
      <p className={page.note}>{t("codesText")}</p>
      <ol className={classes.codes} dir="ltr" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <Group gap="xs" className={classes.ways ?? ""}>
        <Button
          variant="default"
          size="xs"
          leftSection={<Copy size={14} aria-hidden />}
          onClick={() => void copy(text)}
        >
          {copied ? common("copied") : common("copy")}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
          onClick={download}
        >
          {t("codesDownload")}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<Printer size={14} aria-hidden />}
          onClick={() => globalThis.print()}
        >
          {t("codesPrint")}
        </Button>
      </Group>
      <Group justify="flex-end" mt="lg" className={classes.ways ?? ""}>
        <Button onClick={onClose} data-autofocus>
          {t("codesKept")}
        </Button>
      </Group>
    </Modal>
  );
}
