import classes from "./Meter.module.css";

interface Props {
  label: string;
  value: number;
  max: number;
  /** What a screen reader says for the value, such as "1 GB of 5 GB". */
  text: string;
}

/** How full something is; turns red when little is left. */
export function Meter({ label, value, max, text }: Props) {
  const share = max > 0 ? Math.min(value / max, 1) : 0;
  return (
    <div
      className={classes.track}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={text}
      data-tight={share > 0.9 || undefined}
    >
      <div className={classes.fill} style={{ inlineSize: `${share * 100}%` }} />
    </div>
  );
}
