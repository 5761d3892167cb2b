import { ImageOff } from "lucide-react";
import { useTranslations } from "use-intl";
import type { Image } from "@/api/shapes";
import classes from "./IncompleteNotice.module.css";

/** Says that pixels were missing in the file, which a picture of them does not say by itself. */
export function IncompleteNotice({ image }: { image: Image }) {
  const t = useTranslations("image");
  if (image.complete !== false) return null;
  return (
    <div className={classes.notice} role="note" data-testid="incomplete">
      <ImageOff className={classes.icon} size={20} aria-hidden />
      <div>
        <p className={classes.title}>{t("incomplete")}</p>
        <p>{t("incompleteText")}</p>
      </div>
    </div>
  );
}
