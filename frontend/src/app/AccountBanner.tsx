import { Suspense } from "react";
import { useLocation } from "react-router";
import type { AccountProfile } from "@/api/accountShapes";
import { lazyPart } from "@/code/lazyPart";
import { MissingSilently } from "@/code/MissingPart";
import { useOverview } from "@/model/useOverview";

const AccountNotice = lazyPart(() => import("./AccountNotice"), MissingSilently);

/** What the account itself still needs: a second factor where it must have one, a confirmed address. */
export function AccountBanner() {
  const { pathname } = useLocation();
  const user: AccountProfile | null | undefined = useOverview().data?.user;
  const mustAdd = user?.must_add_factor === true && pathname !== "/account/security";
  const isUnverified = user?.email_verified === false;
  return (
    <div role="status">
      {user && (mustAdd || isUnverified) && (
        <Suspense>
          <AccountNotice email={user.email} wants={mustAdd ? "factor" : "address"} />
        </Suspense>
      )}
    </div>
  );
}
