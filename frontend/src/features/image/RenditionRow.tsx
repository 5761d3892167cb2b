import { ActionIcon } from "@mantine/core";
import { Download, ExternalLink } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Rendition } from "@/api/shapes";
import { CopyIcon } from "@/design/CopyIcon";
import { Pixels } from "@/design/Pixels";
import { StateChip } from "@/design/StateChip";
import { useQuantity } from "@/i18n/useQuantity";
import { isReady, type ReadyRendition } from "@/model/images/sources";
import classes from "./RenditionTable.module.css";
import { useCopiedToast } from "./useCopiedToast";
import { useShortfall } from "./useShortfall";

interface Props {
  rendition: Rendition;
  filename: string;
  /** Why it failed, in the reader's language, as far as is known. */
  failure: string | null;
}

export function RenditionRow({ rendition, filename, failure }: Props) {
  const t = useTranslations("image");
  const quantity = useQuantity();
  const toast = useCopiedToast();
  const label = rendition.preset ?? rendition.spec;
  const name = `${label} ${rendition.format}`;
  const stem = filename.replace(/\.[^.]+$/, "");
  return (
    <li className={classes.row} data-state={rendition.state}>
      <div className={classes.words}>
        <p className={classes.name}>
          <span dir="ltr">{label}</span>
          <span className={classes.format}>{rendition.format}</span>
        </p>
        {isReady(rendition) ? (
          <>
            <p className={classes.numbers}>
              <Pixels width={rendition.width} height={rendition.height} />
              {rendition.bytes !== null && ` · ${quantity.bytes(rendition.bytes)}`}
            </p>
            <Shortfall rendition={rendition} />
          </>
        ) : (
          <StateChip
            tone={rendition.state === "failed" ? "bad" : "live"}
            label={rendition.state === "failed" ? t("failedRendition") : t("pending")}
          />
        )}
        {rendition.state === "failed" && failure && <p className={classes.failure}>{failure}</p>}
      </div>
      {isReady(rendition) && (
        <>
          <CopyIcon
            value={rendition.url}
            label={t("renditionCopy", { name })}
            onCopied={() => toast(rendition.url)}
          />
          <ActionIcon
            component="a"
            href={rendition.url}
            download={`${stem}-${label}.${rendition.format}`}
            variant="subtle"
            size="sm"
            aria-label={t("renditionDownload", { name })}
          >
            <Download size={14} aria-hidden />
          </ActionIcon>
          <ActionIcon
            component="a"
            href={rendition.url}
            target="_blank"
            rel="noreferrer"
            variant="subtle"
            size="sm"
            aria-label={t("renditionOpen", { name })}
          >
            <ExternalLink size={14} aria-hidden />
          </ActionIcon>
        </>
      )}
    </li>
  );
}

/** A preset that is larger than the picture is nothing to wonder at; what somebody asked for is. */
function Shortfall({ rendition }: { rendition: ReadyRendition }) {
  const why = useShortfall()(rendition.ops, rendition, "after");
  if (!why || rendition.preset) return null;
  return <p className={classes.shortfall}>{why}</p>;
}
