import { Button, Menu } from "@mantine/core";
import { Check, Code, Copy, FileText, Link2 } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { useCopy } from "@/design/useCopy";
import { htmlSnippet, markdownSnippet } from "./snippets";
import { nameOf, presetSources } from "./sources";

/** The picture's address, ready for wherever it goes. */
export function CopyMenu({ image }: { image: Image }) {
  const t = useTranslations();
  const { copied, copy } = useCopy();
  const sources = presetSources(image);
  const largest = sources.at(-1);
  if (!largest) return null;
  const name = nameOf(image);
  return (
    <Menu position="bottom-end" width={240}>
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
          onClick={() => void copy(largest.url)}
        >
          {t("image.copyUrl")}
        </Menu.Item>
        <Menu.Item
          leftSection={<Code size={16} aria-hidden />}
          onClick={() => void copy(htmlSnippet(sources, name))}
        >
          {t("image.copyHtml")}
        </Menu.Item>
        <Menu.Item
          leftSection={<FileText size={16} aria-hidden />}
          onClick={() => void copy(markdownSnippet(largest.url, name))}
        >
          {t("image.copyMarkdown")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("image.linksExpire")}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  );
}
