import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";
import { useTitle } from "./useTitle";

interface Props {
  icon: LucideIcon;
  title: string;
  text: string;
  /** The page has no other heading, and no other title. */
  alone?: boolean;
  children?: ReactNode;
}

/** What a page says when it has nothing to show, and what to do about it. */
export function EmptyState({ icon: Icon, title, text, alone = false, children }: Props) {
  const Heading = alone ? "h1" : "h2";
  useTitle(alone ? title : null);
  return (
    <div className={classes.state}>
      <span className={classes.icon}>
        <Icon size={28} strokeWidth={1.5} aria-hidden />
      </span>
      <Heading className={classes.title}>{title}</Heading>
      <p className={classes.text}>{text}</p>
      {children}
    </div>
  );
}
