import { Button } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { useRouteError } from "react-router";
import { useTranslations } from "use-intl";
import { EmptyState } from "@/design/EmptyState";
import { ProblemNotice } from "@/design/ProblemNotice";

/** A page that threw, or whose code could not be loaded (after an upgrade, or offline). */
export function CrashPage() {
  const t = useTranslations("shell");
  const error = useRouteError();
  return (
    <main>
      <EmptyState alone icon={TriangleAlert} title={t("crashTitle")} text={t("crashText")}>
        <Button onClick={() => globalThis.location.reload()}>{t("reload")}</Button>
        <ProblemNotice error={error} compact />
      </EmptyState>
    </main>
  );
}
