import { useTranslations } from "use-intl";
import ConfirmDialog from "@/design/ConfirmDialog";

interface Props {
  count: number;
  busy: boolean;
  /** Said before the rest, when there is something to say. */
  notice?: string | null;
  onClose(): void;
  onConfirm(): void;
}

export default function DeleteForeverDialog({ count, notice = null, ...rest }: Props) {
  const t = useTranslations("library");
  const text = t("deleteForeverText");
  return (
    <ConfirmDialog
      title={t("deleteForeverTitle", { count })}
      text={notice === null ? text : `${notice} ${text}`}
      label={t("deleteForever")}
      isDanger
      {...rest}
    />
  );
}
