import { AccountMenu } from "./AccountMenu";
import classes from "./TopBar.module.css";
import { Wordmark } from "./Wordmark";

export function TopBar() {
  return (
    <header className={classes.bar}>
      <Wordmark />
      <AccountMenu />
    </header>
  );
}
