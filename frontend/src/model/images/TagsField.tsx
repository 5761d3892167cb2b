import { TagsInput } from "@mantine/core";
import { useTranslations } from "use-intl";
import { TAG_MAX_LENGTH, TAGS_MAX } from "@/api/constants.gen";

interface Props {
  tags: string[];
  onChange: (tags: string[]) => void;
  autoFocus?: boolean;
  error?: string | null;
}

/** Tags to write; a tag counts once the field is left, too. */
export function TagsField({ tags, onChange, autoFocus = false, error = null }: Props) {
  const t = useTranslations("library");
  return (
    <TagsInput
      label={t("tags")}
      description={t("tagsHint")}
      value={tags}
      onChange={onChange}
      maxTags={TAGS_MAX}
      maxLength={TAG_MAX_LENGTH}
      error={error}
      acceptValueOnBlur
      // There is nothing to suggest; an open list would take the first Escape.
      dropdownOpened={false}
      data-autofocus={autoFocus || undefined}
    />
  );
}
