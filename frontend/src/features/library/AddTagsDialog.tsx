import { Button, Group, Modal } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useReturnFocus } from "@/design/useReturnFocus";
import { TagsField } from "@/model/images/TagsField";

interface Props {
  count: number;
  /** Said before the rest, when there is something to say. */
  notice?: string | null;
  onClose(): void;
  onApply(tags: string[]): Promise<void>;
}

export default function AddTagsDialog({ count, notice = null, onClose, onApply }: Props) {
  const t = useTranslations();
  useReturnFocus();
  const [tags, setTags] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await onApply(tags);
    setBusy(false);
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("library.addTagsTitle", { count })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={(event) => void submit(event)}>
        {notice !== null && <p>{notice}</p>}
        <TagsField tags={tags} onChange={setTags} autoFocus />
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={busy} disabled={tags.length === 0}>
            {t("library.apply")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
