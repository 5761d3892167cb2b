import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { InDeck } from "@/design/Deck";
import { PageHeader } from "@/design/PageHeader";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useImages } from "@/model/images/useImages";
import { FilterChips } from "./FilterChips";
import { FilterMenu } from "./FilterMenu";
import { GridSkeleton } from "./GridSkeleton";
import { ImageGrid } from "./ImageGrid";
import classes from "./LibraryView.module.css";
import { NothingHere } from "./NothingHere";
import { SearchField } from "./SearchField";
import { SelectionBar } from "./SelectionBar";
import { useFilters } from "./useFilters";
import { useSelection } from "./useSelection";

interface Props {
  trashed: boolean;
  /** Beside the title. */
  upload?: ReactNode;
  /** In the place of images while there are none. */
  firstUpload?: ReactNode;
}

/** The library, or its trash: search, filters, the grid, and what can be done to a selection. */
export function LibraryView({ trashed, upload, firstUpload }: Props) {
  const t = useTranslations("library");
  const { filters, setFilter, clearFilters } = useFilters(trashed);
  const list = useImages(filters);
  const { images } = list;
  const selection = useSelection(filters, list);
  const [busy, setBusy] = useState(false);

  return (
    <>
      <PageHeader title={trashed ? t("trashTitle") : t("title")}>{upload}</PageHeader>
      <div className={classes.tools} role="search">
        <SearchField value={filters.q} onChange={(value) => setFilter("q", value)} />
        <FilterMenu filters={filters} setFilter={setFilter} />
      </div>
      <FilterChips filters={filters} setFilter={setFilter} onClear={clearFilters} />
      {list.isWaiting && <GridSkeleton />}
      {list.isError && images.length === 0 && (
        <ProblemNotice
          heading={t("failed")}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      )}
      {list.isEmpty && (
        <NothingHere filters={filters} onClear={clearFilters}>
          {firstUpload}
        </NothingHere>
      )}
      {images.length > 0 && <ImageGrid {...{ list, selection, filters, busy }} />}
      <InDeck slot="bar">
        <SelectionBar {...{ selection, filters, busy }} onBusy={setBusy} />
      </InDeck>
    </>
  );
}
