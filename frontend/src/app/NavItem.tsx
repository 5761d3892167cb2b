import { NavLink } from "react-router";
import { useTranslations } from "use-intl";
import type { Destination } from "./destinations";

interface Props {
  destination: Destination;
  className: string;
  badgeClassName: string;
  /** Number of running jobs, shown beside Activity; 0 shows nothing. */
  running: number;
}

export function NavItem({ destination, className, badgeClassName, running }: Props) {
  const t = useTranslations("nav");
  const Icon = destination.icon;
  const count = destination.label === "activity" ? running : 0;
  return (
    <NavLink to={destination.to} end={destination.to === "/"} className={className}>
      <Icon size={19} strokeWidth={1.75} aria-hidden />
      <span>{t(destination.label)}</span>
      {count > 0 && (
        <span className={badgeClassName}>
          <span aria-hidden>{count}</span>
          <span className="visually-hidden">{t("running", { count })}</span>
        </span>
      )}
    </NavLink>
  );
}
