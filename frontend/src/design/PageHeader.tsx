import { type ReactNode, useEffect } from "react";
import { useTranslations } from "use-intl";
import classes from "./PageHeader.module.css";

interface Props {
  title: string;
  lead?: string;
  children?: ReactNode;
}

/** The page's one heading, which is also the document's title. */
export function PageHeader({ title, lead, children }: Props) {
  const brand = useTranslations()("brand");
  useEffect(() => {
    document.title = `${title} · ${brand}`;
  }, [title, brand]);
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <h1>{title}</h1>
        {lead && <p className={classes.lead}>{lead}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
