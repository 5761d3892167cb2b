import { Link } from "react-router";
import { useTranslations } from "use-intl";
import type { Ops } from "@/api/shapes";
import { CopyIcon } from "@/design/CopyIcon";
import classes from "./CurlLine.module.css";
import { curlLine } from "./snippets";

export function CurlLine({ imageId, ops }: { imageId: string; ops: Ops }) {
  const t = useTranslations();
  const line = curlLine(globalThis.location.origin, imageId, ops);
  return (
    <div>
      <div className={classes.head}>
        <p>{t("builder.curl")}</p>
        <CopyIcon value={line} label={`${t("common.copy")}: ${t("builder.curlLabel")}`} />
      </div>
      <pre
        dir="ltr"
        className={classes.code}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so it takes the focus
        tabIndex={0}
        aria-label={t("builder.curlLabel")}
        role="region"
      >
        <code data-testid="curl">{line}</code>
      </pre>
      <p className={classes.hint}>
        {t("builder.keyHint")} <Link to="/account/keys">{t("builder.keyMake")}</Link>
      </p>
    </div>
  );
}
