import { ActionIcon } from "@mantine/core";
import { Check, Copy } from "lucide-react";
import { useTranslations } from "use-intl";
import { useCopy } from "./useCopy";

interface Props {
  value: string;
  label: string;
  onCopied?: () => void;
}

export function CopyIcon({ value, label, onCopied }: Props) {
  const t = useTranslations("common");
  const { copied, copy } = useCopy();
  return (
    <ActionIcon
      variant="subtle"
      size="sm"
      aria-label={copied ? t("copied") : label}
      onClick={() => void copy(value).then((done) => done && onCopied?.())}
    >
      {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </ActionIcon>
  );
}
