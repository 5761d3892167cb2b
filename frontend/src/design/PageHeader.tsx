import type { ReactNode } from "react";
import classes from "./PageHeader.module.css";

import { UserText } from "./UserText";
import { useTitle } from "./useTitle";

interface Props {
  title: string;
  lead?: string;
  children?: ReactNode;
}

/** The page's one heading, which is also the document's title. */
export function PageHeader({ title, lead, children }: Props) {
  useTitle(title);
  return (
    <header className={classes.header}>
      <div className={classes.words}>
        <h1>
          <UserText>{title}</UserText>
        </h1>
        {lead && <p className={classes.lead}>{lead}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
