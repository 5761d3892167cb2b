import { Wordmark } from "@/frame/Wordmark";
import { AccountMenu } from "./AccountMenu";
import classes from "./TopBar.module.css";

export function TopBar() {
  return (
    <header className={classes.bar}>
      <Wordmark />
      <AccountMenu />
    </header>
  );
}
