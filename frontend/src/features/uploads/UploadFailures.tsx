import { Button } from "@mantine/core";
import { useTranslations } from "use-intl";
import classes from "./UploadFailures.module.css";
import { uploads } from "./uploads";

interface Props {
  failed: number;
  /** How many of them another try may help. */
  retryable: number;
}

/** What can be done about all failures at once; also where the list is collapsed. */
export function UploadFailures({ failed, retryable }: Props) {
  const t = useTranslations("uploads");
  return (
    <div className={classes.failures} data-testid="upload-failures">
      <p className={classes.words}>
        {retryable < failed && t("final", { count: failed - retryable })}
      </p>
      {retryable > 0 && (
        <Button variant="default" size="compact-sm" onClick={() => uploads.retryAll()}>
          {t("retryAll")}
        </Button>
      )}
      <Button
        variant="subtle"
        size="compact-sm"
        aria-label={t("dismissAll")}
        onClick={() => uploads.dismissFailed()}
      >
        {t("dismiss")}
      </Button>
    </div>
  );
}
