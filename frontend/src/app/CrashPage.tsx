import { useRouteError } from "react-router";
import { CrashNotice } from "@/code/CrashNotice";

/** When the frame around the pages itself broke. */
export function CrashPage() {
  return (
    <main>
      <CrashNotice error={useRouteError()} />
    </main>
  );
}
