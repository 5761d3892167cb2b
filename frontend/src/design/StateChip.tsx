import classes from "./StateChip.module.css";

export type Tone = "neutral" | "good" | "warn" | "bad" | "live";

interface Props {
  tone: Tone;
  label: string;
}

/** A state in a word. The dot's shape differs too, so that colour is never the only sign. */
export function StateChip({ tone, label }: Props) {
  return (
    <span className={classes.chip} data-tone={tone}>
      <span className={classes.dot} aria-hidden />
      {label}
    </span>
  );
}
