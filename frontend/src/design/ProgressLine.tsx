import classes from "./ProgressLine.module.css";

interface Props {
  label: string;
  /** From 0 to 1; null when it is under way and nobody can say how far. */
  share: number | null;
}

export function ProgressLine({ label, share }: Props) {
  const value = share === null ? undefined : Math.round(Math.min(Math.max(share, 0), 1) * 100);
  return (
    <div
      className={classes.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value}
      data-unknown={value === undefined || undefined}
    >
      <div
        className={classes.fill}
        style={value === undefined ? undefined : { inlineSize: `${value}%` }}
      />
    </div>
  );
}
