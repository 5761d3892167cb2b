import { useTranslations } from "use-intl";
import { useRunningJobs } from "@/features/activity/useRunningJobs";
import type { Destination } from "./destinations";
import { NavItem } from "./NavItem";

interface Props {
  destinations: readonly Destination[];
  className: string | undefined;
  itemClassName: string | undefined;
  badgeClassName: string | undefined;
}

/** The ways to the pages; how they look is up to the place where they are. */
export function Navigation({ destinations, className, itemClassName, badgeClassName }: Props) {
  const t = useTranslations("nav");
  const running = useRunningJobs();
  return (
    <nav aria-label={t("label")} className={className}>
      {destinations.map((destination) => (
        <NavItem
          key={destination.to}
          destination={destination}
          className={itemClassName ?? ""}
          badgeClassName={badgeClassName ?? ""}
          running={running}
        />
      ))}
    </nav>
  );
}
