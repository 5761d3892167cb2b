import { Link } from "react-router";
import { useTranslations } from "use-intl";
import classes from "./Wordmark.module.css";

/** The mark is a contact sheet with one frame chosen. */
export function Wordmark() {
  const brand = useTranslations()("brand");
  return (
    <Link to="/" className={classes.mark}>
      <svg viewBox="0 0 20 16" width="25" height="20" aria-hidden="true">
        <rect width="9" height="7" rx="1.5" fill="var(--ink)" />
        <rect x="11" width="9" height="7" rx="1.5" fill="var(--line-strong)" />
        <rect y="9" width="9" height="7" rx="1.5" fill="var(--line-strong)" />
        <rect x="11" y="9" width="9" height="7" rx="1.5" fill="var(--accent-bright)" />
      </svg>
      {brand}
    </Link>
  );
}
