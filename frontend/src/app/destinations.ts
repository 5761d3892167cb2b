import { Activity, Images, type LucideIcon, ServerCog, Trash2, UserRound } from "lucide-react";

export interface Destination {
  to: string;
  label: "library" | "trash" | "activity" | "account" | "system";
  icon: LucideIcon;
}

const library: Destination = { to: "/", label: "library", icon: Images };
const trash: Destination = { to: "/trash", label: "trash", icon: Trash2 };
const activity: Destination = { to: "/activity", label: "activity", icon: Activity };
const system: Destination = { to: "/system", label: "system", icon: ServerCog };
const account: Destination = { to: "/account", label: "account", icon: UserRound };

export const RAIL_DESTINATIONS = [library, trash, activity, system];
export const TAB_DESTINATIONS = [library, trash, activity, system, account];
