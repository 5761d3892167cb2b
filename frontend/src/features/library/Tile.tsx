import { Check } from "lucide-react";
import { type MouseEvent, memo } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import { nameOf } from "@/model/images/sources";
import classes from "./Tile.module.css";
import { TileBadge } from "./TileBadge";
import { TilePicture } from "./TilePicture";

interface Props {
  image: Image;
  index: number;
  /** In CSS pixels. */
  width: number;
  trashed: boolean;
  /** Whether Tab stops here: one tile of the grid does, arrows go on from it. */
  focusable: boolean;
  selected: boolean;
  /** Some are selected: a click goes on selecting. */
  selecting: boolean;
  onToggle(id: string, range: boolean): void;
  onFocus(index: number): void;
  /** The image is about to be opened in this tab. */
  onOpen(id: string): void;
}

export const Tile = memo(function Tile(props: Props) {
  const { image, index, width, trashed, focusable, selected, selecting } = props;
  const { onToggle, onFocus, onOpen } = props;
  const t = useTranslations("library");
  const name = nameOf(image) || t("untitled");
  const onClick = (event: MouseEvent): void => {
    const isByKey = event.detail === 0;
    const isToSelect = selecting || event.shiftKey || event.ctrlKey || event.metaKey;
    if (isByKey || !isToSelect) {
      onOpen(image.id);
      return;
    }
    event.preventDefault();
    onToggle(image.id, event.shiftKey);
  };
  return (
    <div
      role="gridcell"
      tabIndex={-1}
      aria-selected={selected}
      className={classes.tile}
      style={{ width }}
      data-index={index}
      data-named={trashed || undefined}
      data-image={image.id}
      data-testid="tile"
      onFocus={() => onFocus(index)}
    >
      <Link
        to={`/images/${image.id}`}
        className={classes.link}
        aria-label={t("open", { name })}
        tabIndex={focusable ? 0 : -1}
        draggable={false}
        onClick={onClick}
      >
        <TilePicture image={image} width={width} />
        <span className={classes.caption} dir="auto" aria-hidden>
          {name}
        </span>
        <TileBadge image={image} />
      </Link>
      <button
        type="button"
        role="checkbox"
        aria-checked={selected}
        aria-label={t("select", { name })}
        tabIndex={-1}
        className={classes.check}
        onClick={(event) => onToggle(image.id, event.shiftKey)}
      >
        <Check size={15} strokeWidth={3} aria-hidden />
      </button>
    </div>
  );
});
