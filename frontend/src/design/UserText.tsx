import type { ReactNode } from "react";

interface Props {
  children: ReactNode;
  className?: string | undefined;
}

/**
 * What somebody has written: a name, a title, a tag, an address. It runs in its own direction, and
 * changes neither the order of the words around it nor the edge where its line begins (base.css).
 */
export function UserText({ children, className }: Props) {
  return (
    <bdi dir="auto" className={className}>
      {children}
    </bdi>
  );
}
