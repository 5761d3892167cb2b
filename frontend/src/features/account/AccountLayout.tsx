import { Suspense } from "react";
import { NavLink, Outlet } from "react-router";
import { useTranslations } from "use-intl";
import { lazyDialog } from "@/code/lazyPart";
import { PageFallback } from "@/design/PageFallback";
import { LateMessages } from "@/i18n/LateMessages";
import classes from "./AccountLayout.module.css";
import { SECTIONS } from "./sections";
import { useStepUp } from "./stepUp";

const StepUpDialog = lazyDialog(() => import("./StepUpDialog"));

/** Around the account's pages: the ways between them, and the question who is there. */
export default function AccountLayout() {
  return (
    <LateMessages>
      <div className={classes.layout}>
        <SectionNav />
        <div className={classes.section}>
          <Suspense fallback={<PageFallback />}>
            <Outlet />
          </Suspense>
        </div>
      </div>
      <StepUp />
    </LateMessages>
  );
}

function SectionNav() {
  const t = useTranslations("sections");
  return (
    <nav aria-label={t("label")} className={classes.nav}>
      {SECTIONS.map(({ to, label, icon: Icon }) => (
        <NavLink key={to} to={to} end className={classes.link ?? ""}>
          <Icon size={17} strokeWidth={1.75} aria-hidden />
          {t(label)}
        </NavLink>
      ))}
    </nav>
  );
}

function StepUp() {
  const asked = useStepUp();
  if (!asked) return null;
  return (
    <Suspense>
      <StepUpDialog onClose={asked.cancel} onProved={asked.proved} />
    </Suspense>
  );
}
