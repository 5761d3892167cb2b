import { Button } from "@mantine/core";
import { Compass } from "lucide-react";
import { Link } from "react-router";
import { useTranslations } from "use-intl";
import { EmptyState } from "@/design/EmptyState";

export default function NotFoundPage() {
  const t = useTranslations("shell");
  return (
    <EmptyState alone icon={Compass} title={t("notFoundTitle")} text={t("notFoundText")}>
      <Button component={Link} to="/">
        {t("toLibrary")}
      </Button>
    </EmptyState>
  );
}
