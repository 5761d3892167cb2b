import { Activity, Images, type LucideIcon, ServerCog, Trash2, UserRound } from "lucide-react";

export interface Destination {
  to: string;
  label: "library" | "trash" | "activity" | "account" | "system";
  icon: LucideIcon;
  /** Where the paths of pages begin that belong to it and have no place of their own. */
  holds?: string;
}

const library: Destination = { to: "/", label: "library", icon: Images, holds: "/images/" };
const trash: Destination = { to: "/trash", label: "trash", icon: Trash2 };
const activity: Destination = { to: "/activity", label: "activity", icon: Activity };
const system: Destination = { to: "/system", label: "system", icon: ServerCog };
export const account: Destination = {
  ...{ to: "/account", label: "account", icon: UserRound },
  holds: "/account/",
};

/** An `aria-current`: the page itself, or the place that the page belongs to. */
export function currentOf(
  { to, holds }: Destination,
  pathname: string,
): "page" | "true" | undefined {
  const path = pathname.replace(/(.)\/+$/, "$1");
  if (path === to) return "page";
  return holds && path.startsWith(holds) ? "true" : undefined;
}

export const RAIL_DESTINATIONS = [library, trash, activity, system];
export const TAB_DESTINATIONS = [library, trash, activity, system, account];
