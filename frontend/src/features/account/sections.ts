import {
  Download,
  History,
  KeyRound,
  type LucideIcon,
  MonitorSmartphone,
  ShieldCheck,
  UserRound,
} from "lucide-react";

interface Section {
  to: string;
  label: "title" | "securityTitle" | "sessionsTitle" | "keysTitle" | "auditTitle" | "exportTitle";
  icon: LucideIcon;
}

/** The pages of the account, in the order of their links. */
export const SECTIONS: readonly Section[] = [
  { to: "/account", label: "title", icon: UserRound },
  { to: "/account/security", label: "securityTitle", icon: ShieldCheck },
  { to: "/account/sessions", label: "sessionsTitle", icon: MonitorSmartphone },
  { to: "/account/keys", label: "keysTitle", icon: KeyRound },
  { to: "/account/activity", label: "auditTitle", icon: History },
  { to: "/account/export", label: "exportTitle", icon: Download },
];
