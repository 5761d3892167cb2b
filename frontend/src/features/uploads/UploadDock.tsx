import { ActionIcon, Button } from "@mantine/core";
import { ChevronDown, ChevronUp } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { ProgressLine } from "@/design/ProgressLine";
import { useQuantity } from "@/i18n/useQuantity";
import { DropSurface } from "./DropSurface";
import { summarize } from "./summarize";
import classes from "./UploadDock.module.css";
import { UploadFailures } from "./UploadFailures";
import { UploadList } from "./UploadList";
import { uploads, useUploads } from "./uploads";

/** Every upload of this tab, in a corner, on whatever page one is. */
export function UploadDock() {
  const t = useTranslations("uploads");
  const quantity = useQuantity();
  const list = useUploads();
  const [open, setOpen] = useState(true);
  const total = useMemo(() => summarize(list), [list]);

  return (
    <>
      <DropSurface />
      {list.length > 0 && (
        <section className={classes.dock} aria-label={t("title")} data-testid="upload-dock">
          <div className={classes.head}>
            <div className={classes.words}>
              <h2>{t("title")}</h2>
              <p className="tabular">
                {/* Screen readers announce the counts only; the speed changes all the time. */}
                <span role="status">
                  {t("summary", { done: total.done, total: total.total })}
                  {total.failed > 0 && (
                    <>
                      {" · "}
                      <strong className={classes.failed}>
                        {t("failed", { count: total.failed })}
                      </strong>
                    </>
                  )}
                </span>
                {total.speed > 0 && ` · ${quantity.speed(total.speed)}`}
              </p>
            </div>
            {total.clearable && (
              <Button variant="subtle" size="compact-sm" onClick={() => uploads.clearFinished()}>
                {t("clear")}
              </Button>
            )}
            <ActionIcon
              variant="subtle"
              aria-expanded={open}
              aria-label={open ? t("collapse") : t("expand")}
              onClick={() => setOpen(!open)}
            >
              {open ? <ChevronDown size={18} aria-hidden /> : <ChevronUp size={18} aria-hidden />}
            </ActionIcon>
          </div>
          {!total.finished && <ProgressLine label={t("title")} share={total.share} />}
          {total.failed > 0 && <UploadFailures failed={total.failed} retryable={total.retryable} />}
          {open && <UploadList list={list} label={t("title")} />}
        </section>
      )}
    </>
  );
}
