import { Button, Menu } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Check, Code, Copy, FileText, Link2 } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { useCopy } from "@/design/useCopy";
import { imageKey } from "@/model/images/imageCache";
import { nameOf, presetSources } from "@/model/images/sources";
import classes from "./CopyMenu.module.css";
import { htmlSnippet, markdownSnippet } from "./snippets";
import { useCopiedToast } from "./useCopiedToast";
import { useExpiry } from "./useExpiry";

/** The picture's URL, ready for wherever it goes. */
export function CopyMenu({ image }: { image: Image }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { copied, copy } = useCopy();
  const toast = useCopiedToast();
  const until = useExpiry();
  const sources = presetSources(image);
  const largest = sources.at(-1);
  if (!largest) return null;
  const name = nameOf(image);
  const urls = sources.map((source) => source.url);
  const take = async (text: string): Promise<void> => {
    if (await copy(text)) toast(...urls);
  };
  return (
    <Menu
      position="bottom-end"
      width={260}
      // On a page that has been open for long the URLs may be about to expire.
      onOpen={() => void client.refetchQueries({ queryKey: imageKey(image.id) })}
    >
      <Menu.Target>
        <Button
          variant="default"
          leftSection={copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
        >
          {copied ? t("common.copied") : t("image.copyMenu")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Link2 size={16} aria-hidden />}
          onClick={() => void take(largest.url)}
        >
          {t("image.copyUrl")}
        </Menu.Item>
        <Menu.Item
          leftSection={<Code size={16} aria-hidden />}
          onClick={() => void take(htmlSnippet(sources, name))}
        >
          {t("image.copyHtml")}
        </Menu.Item>
        <Menu.Item
          leftSection={<FileText size={16} aria-hidden />}
          onClick={() => void take(markdownSnippet(largest.url, name))}
        >
          {t("image.copyMarkdown")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label className={classes.until ?? ""} data-testid="link-until">
          {until(...urls)} {t("image.linkRenewed")}
        </Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
