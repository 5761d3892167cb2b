import { NumberInput, SegmentedControl, Slider } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useId, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { FITS, LONGEST_SIDE, OUTPUT_FORMATS, QUALITY_MAX, QUALITY_MIN } from "@/api/constants.gen";
import type { Image } from "@/api/shapes";
import { formatName } from "@/model/images/formats";
import classes from "./Builder.module.css";
import { BuilderPreview } from "./BuilderPreview";
import { CurlLine } from "./CurlLine";
import { sizeOf } from "./outcome";
import { defaultQuality, faultOf, isLossy, opsOf, type Recipe } from "./recipe";
import { useShortfall } from "./useShortfall";

/** A pause in moving the controls before the preview is asked for. */
const PAUSE_MS = 600;

/** Size, fit, format and quality, with the result beside them and the command that does the same. */
export default function Builder({ image }: { image: Image }) {
  const t = useTranslations("builder");
  const fitId = useId();
  const formatId = useId();
  const qualityId = useId();
  const [recipe, setRecipe] = useState<Recipe>(() => ({
    width: Math.min(image.width, 1200),
    height: null,
    fit: "inside",
    format: "webp",
    quality: defaultQuality("webp"),
  }));
  const fault = faultOf(recipe);
  const ops = useMemo(() => opsOf(recipe), [recipe]);
  const [settled] = useDebouncedValue(fault ? null : ops, PAUSE_MS);
  const shortfall = useShortfall();
  const warning = fault ? null : shortfall(ops, sizeOf(ops, image), "before");
  const set = (fields: Partial<Recipe>): void => setRecipe({ ...recipe, ...fields });
  const side = (value: string | number): number | null => (value === "" ? null : Number(value));
  const range = { min: "1", max: `${LONGEST_SIDE}` };

  return (
    <div className={classes.builder}>
      <p className={classes.lead}>{t("lead")}</p>
      <div className={classes.sides}>
        {(["width", "height"] as const).map((name) => (
          <NumberInput
            key={name}
            label={t(name)}
            suffix=" px"
            dir="ltr"
            classNames={{ input: classes.number }}
            min={1}
            max={LONGEST_SIDE}
            clampBehavior="none"
            allowDecimal={false}
            allowNegative={false}
            value={recipe[name] ?? ""}
            onChange={(value) => set({ [name]: side(value) })}
            error={fault === "outOfRange" && (recipe[name] ?? 1) > LONGEST_SIDE}
          />
        ))}
      </div>
      <div>
        <p id={fitId} className={classes.label}>
          {t("fit")}
        </p>
        <SegmentedControl
          fullWidth
          aria-labelledby={fitId}
          value={recipe.fit}
          onChange={(fit) => set({ fit: fit as Recipe["fit"] })}
          data={FITS.map((value) => ({
            value,
            label: value === "inside" ? t("fitInside") : t("fitCover"),
          }))}
        />
        <p className={classes.hint}>
          {recipe.fit === "inside" ? t("fitInsideHint") : t("fitCoverHint")}
        </p>
        <p className={classes.shortfall} role="status" data-testid="shortfall">
          {warning}
        </p>
      </div>
      <div>
        <p id={formatId} className={classes.label}>
          {t("format")}
        </p>
        <SegmentedControl
          fullWidth
          aria-labelledby={formatId}
          value={recipe.format}
          onChange={(format) => {
            const chosen = format as Recipe["format"];
            set({ format: chosen, quality: defaultQuality(chosen) });
          }}
          data={OUTPUT_FORMATS.map((value) => ({ value, label: formatName(value) }))}
        />
      </div>
      <div>
        <p id={qualityId} className={classes.label}>
          {t("quality")} {isLossy(recipe.format) && <output>{recipe.quality}</output>}
        </p>
        {isLossy(recipe.format) ? (
          <Slider
            min={QUALITY_MIN}
            max={QUALITY_MAX}
            label={null}
            value={recipe.quality}
            onChange={(quality) => set({ quality })}
            thumbProps={{ "aria-labelledby": qualityId }}
          />
        ) : (
          <p className={classes.hint}>{t("qualityLossless")}</p>
        )}
      </div>
      {fault ? (
        <p className={classes.fault} role="alert">
          {fault === "outOfRange" ? t("outOfRange", range) : t(fault)}
        </p>
      ) : (
        <>
          <BuilderPreview image={image} ops={settled} />
          <CurlLine imageId={image.id} ops={ops} />
        </>
      )}
    </div>
  );
}
