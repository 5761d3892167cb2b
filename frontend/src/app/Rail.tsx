import { Wordmark } from "@/frame/Wordmark";
import { AccountMenu } from "./AccountMenu";
import { RAIL_DESTINATIONS } from "./destinations";
import { Navigation } from "./Navigation";
import classes from "./Rail.module.css";
import { UsageMeter } from "./UsageMeter";

export function Rail() {
  return (
    <aside className={classes.rail}>
      <Wordmark />
      <Navigation
        destinations={RAIL_DESTINATIONS}
        className={classes.nav}
        itemClassName={classes.item}
        badgeClassName={classes.badge}
      />
      <div className={classes.foot}>
        <UsageMeter />
        <AccountMenu wide />
      </div>
    </aside>
  );
}
