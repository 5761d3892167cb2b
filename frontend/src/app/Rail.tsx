import { useTranslations } from "use-intl";
import { useRunningJobs } from "@/features/activity/useRunningJobs";
import { AccountMenu } from "./AccountMenu";
import { RAIL_DESTINATIONS } from "./destinations";
import { NavItem } from "./NavItem";
import classes from "./Rail.module.css";
import { UsageMeter } from "./UsageMeter";
import { Wordmark } from "./Wordmark";

export function Rail() {
  const t = useTranslations("nav");
  const running = useRunningJobs();
  return (
    <aside className={classes.rail}>
      <Wordmark />
      <nav aria-label={t("label")} className={classes.nav}>
        {RAIL_DESTINATIONS.map((destination) => (
          <NavItem
            key={destination.to}
            destination={destination}
            className={classes.item ?? ""}
            badgeClassName={classes.badge ?? ""}
            running={running}
          />
        ))}
      </nav>
      <div className={classes.foot}>
        <UsageMeter />
        <AccountMenu wide />
      </div>
    </aside>
  );
}
