import { Button, Group } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { useTranslations } from "use-intl";
import { asProblem } from "@/api/problem";
import { EmptyState } from "@/design/EmptyState";
import { ProblemDetails } from "@/design/ProblemDetails";

interface Props {
  error: unknown;
  onRetry?: () => void;
}

/** In the place of a page that threw. */
export function CrashNotice({ error, onRetry }: Props) {
  const t = useTranslations();
  return (
    <EmptyState
      alone
      icon={TriangleAlert}
      title={t("shell.crashTitle")}
      text={t("shell.crashText")}
    >
      <Group gap="xs" justify="center" mb="md">
        {onRetry && <Button onClick={onRetry}>{t("common.retry")}</Button>}
        <Button
          variant={onRetry ? "default" : "filled"}
          onClick={() => globalThis.location.reload()}
        >
          {t("shell.reload")}
        </Button>
      </Group>
      <ProblemDetails problem={asProblem(error)} />
    </EmptyState>
  );
}
