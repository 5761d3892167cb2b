import type { ReactNode } from "react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { PageHeader } from "@/design/PageHeader";
import classes from "./AuthLayout.module.css";
import { PreferencesMenu } from "./PreferencesMenu";
import { Wordmark } from "./Wordmark";

interface Props {
  title: string;
  lead: string;
  children: ReactNode;
}

/** The frame of the pages where nobody is signed in yet. */
export function AuthLayout({ title, lead, children }: Props) {
  const t = useTranslations("session");
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <Wordmark />
        <PreferencesMenu />
      </header>
      <main className={classes.main}>
        <div className={classes.card}>
          <PageHeader title={title} lead={lead} />
          {children}
        </div>
      </main>
      <footer className={classes.foot}>
        <Link to="/system">{t("systemStatus")}</Link>
      </footer>
    </div>
  );
}
