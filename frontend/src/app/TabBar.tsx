import { useTranslations } from "use-intl";
import { useRunningJobs } from "@/features/activity/useRunningJobs";
import { TAB_DESTINATIONS } from "./destinations";
import { NavItem } from "./NavItem";
import classes from "./TabBar.module.css";

/** The rail's stand-in on narrow screens. */
export function TabBar() {
  const t = useTranslations("nav");
  const running = useRunningJobs();
  return (
    <nav aria-label={t("label")} className={classes.bar}>
      {TAB_DESTINATIONS.map((destination) => (
        <NavItem
          key={destination.to}
          destination={destination}
          className={classes.item ?? ""}
          badgeClassName={classes.badge ?? ""}
          running={running}
        />
      ))}
    </nav>
  );
}
