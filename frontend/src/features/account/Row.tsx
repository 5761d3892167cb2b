import type { LucideIcon } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import classes from "./Row.module.css";

export interface RowProps {
  icon?: LucideIcon | undefined;
  /** What it is called, with its chips. */
  name: ReactNode;
  /** What is told when a pointer rests on the name. */
  hint?: string | undefined;
  /** Lines of facts; what is not there is left out, and so is a line without any. */
  facts?: ReactNode[][];
  /** Below the facts. */
  children?: ReactNode;
  /** Its buttons. */
  actions?: ReactNode;
}

/** One of a list of the account: a device, a key, an entry of the log. */
export function Row({ icon: Icon, name, hint, facts = [], children, actions }: RowProps) {
  return (
    <li className={classes.row}>
      {Icon && <Icon size={22} strokeWidth={1.6} aria-hidden />}
      <div className={classes.words}>
        <p className={classes.name} title={hint}>
          {name}
        </p>
        {facts.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines keep their places
          <Facts key={index} line={line.filter(Boolean)} />
        ))}
        {children}
      </div>
      {actions}
    </li>
  );
}

function Facts({ line }: { line: ReactNode[] }) {
  if (line.length === 0) return null;
  return (
    <p className={classes.facts}>
      {line.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts keep their places
        <Fragment key={index}>
          {index > 0 && " · "}
          {fact}
        </Fragment>
      ))}
    </p>
  );
}

export function Rows({ testId, children }: { testId: string; children: ReactNode }) {
  return (
    <ul className={classes.list} data-testid={testId}>
      {children}
    </ul>
  );
}
