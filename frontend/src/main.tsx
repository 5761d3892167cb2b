import "@/design/mantine.css";
import "virtual:theme-variables.css";
import "@/design/fonts.css";
import "@/design/tokens.css";
import "@/design/base.css";
import "@/design/forced-colors.css";
import "@/design/print.css";
import { createRoot } from "react-dom/client";
import { restoreSession } from "@/api/session/sessionActions";
import { App } from "@/app/App";
import { showStartFailure } from "@/app/startFailure";
import { watchMissingCode } from "@/code/newRelease";
import { MissingCode } from "@/code/part";
import { applyToDocument, loadMessages, storedLocale } from "@/i18n/locale";

watchMissingCode();

async function start(root: HTMLElement): Promise<void> {
  const locale = storedLocale();
  applyToDocument(locale);
  // Asked for first: it travels while the messages load and the page renders.
  void restoreSession();
  const messages = await loadMessages(locale);
  const onCaughtError = (error: unknown): void => {
    // Missing code is no defect, and the page says it.
    if (!(error instanceof MissingCode)) reportError(error);
  };
  createRoot(root, { onCaughtError }).render(<App initial={{ locale, messages }} />);
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
start(root).catch((error: unknown) => {
  showStartFailure(root);
  throw error;
});
