import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { TITLE_MAX_LENGTH } from "@/api/constants.gen";
import { ApiProblem, asProblem } from "@/api/problem";
import type { Image } from "@/api/shapes";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { useFieldProblem } from "@/design/useFieldProblem";
import { useReturnFocus } from "@/design/useReturnFocus";
import { placeImage } from "@/model/images/imageCache";
import { changeImage } from "@/model/images/imageCalls";
import { imagesChanged } from "@/model/images/refresh";
import { TagsField } from "@/model/images/TagsField";

interface Props {
  image: Image;
  onClose(): void;
}

/**
 * Starts from the image as it is when the dialog opens; later changes do not undo typing. When
 * saving finds that somebody else has changed it, the fields show that, and nothing is overwritten.
 */
export default function EditDialog({ image, onClose }: Props) {
  const t = useTranslations();
  const client = useQueryClient();
  useReturnFocus();
  const [base, setBase] = useState(image);
  const [title, setTitle] = useState(image.title);
  const [tags, setTags] = useState(image.tags);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);

  const startFrom = (latest: Image): void => {
    setBase(latest);
    setTitle(latest.title);
    setTags(latest.tags);
    placeImage(client, latest);
  };

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const saved = await changeImage(image.id, (latest) => {
        if (isDescribedAlike(latest, base)) return { title: title.trim(), tags };
        startFrom(latest);
        throw changedMeanwhile(t("problems.precondition_failed"));
      });
      placeImage(client, saved);
      imagesChanged(client);
      showToast(t("image.updated"));
      onClose();
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={t("image.editTitle")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack gap="md">
          {refused && (
            <ProblemNotice
              heading={t("image.saveFailed")}
              error={refused}
              {...(refused?.code === "precondition_failed" && {
                hint: t("image.changedMeanwhile"),
              })}
              fields={["title", "tags"]}
              compact
            />
          )}
          <TextInput
            label={t("image.titleField")}
            value={title}
            maxLength={TITLE_MAX_LENGTH}
            dir="auto"
            data-autofocus
            onChange={(event) => setTitle(event.currentTarget.value)}
            error={wrongWith("title")}
          />
          <TagsField tags={tags} onChange={setTags} error={wrongWith("tags")} />
        </Stack>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={busy}>
            {t("common.save")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function isDescribedAlike(a: Image, b: Image): boolean {
  return a.title === b.title && String(a.tags) === String(b.tags);
}

function changedMeanwhile(title: string): ApiProblem {
  return new ApiProblem({ status: 412, code: "precondition_failed", title });
}
