import { TAB_DESTINATIONS } from "./destinations";
import { Navigation } from "./Navigation";
import classes from "./TabBar.module.css";

/** The rail's stand-in on narrow screens. */
export function TabBar() {
  return (
    <Navigation
      destinations={TAB_DESTINATIONS}
      className={classes.bar}
      itemClassName={classes.item}
      badgeClassName={classes.badge}
    />
  );
}
