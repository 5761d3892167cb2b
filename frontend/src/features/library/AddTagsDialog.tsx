import { Button, Group, Modal, TagsInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { useReturnFocus } from "@/design/useReturnFocus";

interface Props {
  count: number;
  onClose(): void;
  onApply(tags: string[]): Promise<void>;
}

export default function AddTagsDialog({ count, onClose, onApply }: Props) {
  const t = useTranslations();
  useReturnFocus();
  const [tags, setTags] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await onApply(tags);
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("library.addTagsTitle", { count })}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <TagsInput
          label={t("library.tags")}
          description={t("library.tagsHint")}
          value={tags}
          onChange={setTags}
          maxTags={20}
          acceptValueOnBlur
          // There is nothing to suggest; an open list would take the first Escape.
          dropdownOpened={false}
          data-autofocus
        />
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
