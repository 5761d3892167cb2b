import { Button, Group } from "@mantine/core";
import { CloudOff, type LucideIcon, RefreshCw, WifiOff } from "lucide-react";
import { useTranslations } from "use-intl";
import { EmptyState } from "@/design/EmptyState";
import { PageFallback } from "@/design/PageFallback";
import type { Missing } from "./PartBoundary";
import { useRecovery, type Waiting } from "./useRecovery";

const ICONS: Record<Exclude<Waiting, "asking">, LucideIcon> = {
  network: WifiOff,
  work: RefreshCw,
  reader: CloudOff,
};

/** In the place of a page whose code has not come: why, and when it will. */
export function MissingPage(missing: Missing) {
  return <MissingPart {...missing} alone />;
}

/** The same for a part within a page. */
export function MissingPart({ error, retry, alone = false }: Missing & { alone?: boolean }) {
  const t = useTranslations();
  const waiting = useRecovery(error, retry);
  if (waiting === "asking") return <PageFallback />;
  const reload = (
    <Button
      variant={waiting === "work" ? "filled" : "default"}
      onClick={() => globalThis.location.reload()}
    >
      {t("shell.reload")}
    </Button>
  );
  return (
    <div role="status">
      <EmptyState
        alone={alone}
        icon={ICONS[waiting]}
        title={t(`code.${waiting}Title`)}
        text={t(`code.${waiting}Text`)}
      >
        <Group gap="xs" justify="center">
          {waiting !== "work" && <Button onClick={retry}>{t("common.retry")}</Button>}
          {waiting !== "network" && reload}
        </Group>
      </EmptyState>
    </div>
  );
}

/** For what has no place of its own: comes as soon as it can. */
export function MissingSilently({ error, retry }: Missing) {
  useRecovery(error, retry);
  return null;
}
