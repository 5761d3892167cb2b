import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslations } from "use-intl";
import { lazyDialog } from "@/code/lazyPart";
import { Panel } from "@/design/Panel";
import classes from "./AccountPage.module.css";

const DeleteAccountDialog = lazyDialog(() => import("./DeleteAccountDialog"));

export function DeleteAccountPanel() {
  const t = useTranslations("account");
  const [asking, setAsking] = useState(false);
  return (
    <Panel title={t("deleteTitle")}>
      <p className={classes.note}>{t("deleteText")}</p>
      <Button variant="outline" color="danger" mt="md" onClick={() => setAsking(true)}>
        {t("deleteButton")}
      </Button>
      {asking && (
        <Suspense>
          <DeleteAccountDialog onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </Panel>
  );
}
