import { Loader } from "@mantine/core";
import { useTranslations } from "use-intl";
import { ProblemNotice } from "@/design/ProblemNotice";
import type { useImages } from "@/model/images/useImages";
import classes from "./ListEnd.module.css";

/** Below the last row: more on its way, what went wrong, or that this was all. */
export function ListEnd({ list }: { list: ReturnType<typeof useImages> }) {
  const t = useTranslations();
  if (list.isFetchNextPageError) {
    return (
      <div className={classes.end}>
        <ProblemNotice
          heading={t("library.moreFailed")}
          error={list.error}
          onRetry={() => void list.fetchNextPage()}
        />
      </div>
    );
  }
  return (
    <div className={classes.end} role="status">
      {list.isFetchingNextPage ? (
        <>
          <Loader size="sm" color="var(--ink-mute)" aria-hidden />
          <span className="visually-hidden">{t("common.loading")}</span>
        </>
      ) : (
        !list.hasNextPage && <p>{t("library.end")}</p>
      )}
    </div>
  );
}
