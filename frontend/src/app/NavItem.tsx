import { Link, useLocation } from "react-router";
import { useTranslations } from "use-intl";
import { currentOf, type Destination } from "./destinations";

interface Props {
  destination: Destination;
  className: string;
  badgeClassName: string;
  /** Number of running jobs, shown beside Activity; 0 shows nothing. */
  running: number;
}

export function NavItem({ destination, className, badgeClassName, running }: Props) {
  const t = useTranslations("nav");
  const { pathname } = useLocation();
  const Icon = destination.icon;
  const count = destination.label === "activity" ? running : 0;
  return (
    <Link to={destination.to} className={className} aria-current={currentOf(destination, pathname)}>
      <Icon size={19} strokeWidth={1.75} aria-hidden />
      <span>{t(destination.label)}</span>
      {count > 0 && (
        <span className={badgeClassName}>
          <span aria-hidden>{count}</span>
          <span className="visually-hidden">{t("running", { count })}</span>
        </span>
      )}
    </Link>
  );
}
