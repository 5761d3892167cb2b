import { ActionIcon, Button } from "@mantine/core";
import { X } from "lucide-react";
import { useTranslations } from "use-intl";
import { ProblemNotice } from "./ProblemNotice";
import classes from "./ToastShelf.module.css";
import { dismissToast, holdToast, releaseToast, type Toast, useToasts } from "./toasts";

/** Where short messages appear. Always in the page, so that screen readers notice what is added. */
export function ToastShelf() {
  const toasts = useToasts();
  return (
    <div className={classes.shelf} aria-live="polite" data-testid="toasts">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const t = useTranslations("common");
  const { action } = toast;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: being over it only keeps it there
    <div
      className={classes.card}
      data-problem={toast.problem ? true : undefined}
      onMouseEnter={() => holdToast(toast.id)}
      onMouseLeave={() => releaseToast(toast.id)}
      onFocus={() => holdToast(toast.id)}
      onBlur={() => releaseToast(toast.id)}
    >
      {toast.problem ? (
        <ProblemNotice heading={toast.text} error={toast.problem} compact />
      ) : (
        <p className={classes.text}>{toast.text}</p>
      )}
      {action && (
        <Button
          variant="subtle"
          size="compact-sm"
          className={classes.action ?? ""}
          onClick={() => {
            dismissToast(toast.id);
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <ActionIcon
        variant="subtle"
        className={classes.close ?? ""}
        aria-label={t("dismiss")}
        onClick={() => dismissToast(toast.id)}
      >
        <X size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
