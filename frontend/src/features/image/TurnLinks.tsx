import { ChevronLeft, ChevronRight } from "lucide-react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import classes from "./ImageStage.module.css";
import type { Neighbours } from "./useNeighbours";

interface Props {
  neighbours: Neighbours;
  dir: "ltr" | "rtl";
}

/** Links to the images before and after this one, at the edges of the stage. */
export function TurnLinks({ neighbours, dir }: Props) {
  const t = useTranslations("image");
  const turns = [
    { id: neighbours.previous, side: "start", label: t("previous") },
    { id: neighbours.next, side: "end", label: t("next") },
  ];
  return turns.map(({ id, side, label }) => {
    if (!id) return null;
    const Arrow = (side === "start") === (dir === "ltr") ? ChevronLeft : ChevronRight;
    return (
      <Link
        key={side}
        to={`/images/${id}`}
        replace
        className={classes.turn}
        data-side={side}
        aria-label={label}
      >
        <Arrow size={22} aria-hidden />
      </Link>
    );
  });
}
