import { Button, Group } from "@mantine/core";
import { CloudOff } from "lucide-react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import type { ApiProblem } from "@/api/problem";
import { restoreSession } from "@/api/session/sessionActions";
import { EmptyState } from "@/design/EmptyState";
import { ProblemNotice } from "@/design/ProblemNotice";

/** Nobody could say whether there is a session; the reason, and where the platform tells more. */
export function UnreachablePage({ problem }: { problem: ApiProblem | undefined }) {
  const t = useTranslations();
  return (
    <main>
      <EmptyState
        alone
        icon={CloudOff}
        title={t("shell.unreachableTitle")}
        text={t("shell.unreachableText")}
      >
        {problem && <ProblemNotice error={problem} compact />}
        <Group mt="md" gap="xs" justify="center">
          <Button onClick={() => void restoreSession()}>{t("common.retry")}</Button>
          <Button component={Link} to="/system" variant="default">
            {t("session.systemStatus")}
          </Button>
        </Group>
      </EmptyState>
    </main>
  );
}
