import { ImageDown } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import classes from "./DropSurface.module.css";
import { droppedFiles } from "./droppedFiles";
import { useAcceptedFormats } from "./useAcceptedFormats";
import { useAddFiles } from "./useAddFiles";

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

/** Text pasted into a field is text, also where the clipboard holds a picture of it beside. */
export function isForTyping({ target, clipboardData }: ClipboardEvent): boolean {
  const field = target instanceof Element && target.closest("input, textarea") !== null;
  return field && (clipboardData?.types.includes("text/plain") ?? false);
}

/** Takes files dropped or pasted anywhere on the page. */
export function DropSurface() {
  const t = useTranslations("uploads");
  const accepted = useAcceptedFormats();
  const addFiles = useAddFiles();
  const [over, setOver] = useState(false);

  useEffect(() => {
    const events = new AbortController();
    const { signal } = events;
    const show = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const hide = (event: DragEvent): void => {
      // Leaving for a child of the page has somewhere to go to; leaving the window has not.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (!event.dataTransfer) return;
      void droppedFiles(event.dataTransfer).then(({ files, unreadable }) =>
        addFiles(files, unreadable),
      );
    };
    const paste = (event: ClipboardEvent): void => {
      const files = event.clipboardData?.files;
      if (!files?.length || isForTyping(event)) return;
      event.preventDefault();
      addFiles(files);
    };
    globalThis.addEventListener("dragenter", show, { signal });
    globalThis.addEventListener("dragover", show, { signal });
    globalThis.addEventListener("dragleave", hide, { signal });
    globalThis.addEventListener("drop", drop, { signal });
    document.addEventListener("paste", paste, { signal });
    return () => events.abort();
  }, [addFiles]);

  if (!over) return null;
  return (
    <div className={classes.surface} data-testid="drop-surface">
      <div className={classes.frame}>
        <ImageDown size={44} strokeWidth={1.4} aria-hidden />
        <p className={classes.title}>{t("drop")}</p>
        <p>{accepted}</p>
      </div>
    </div>
  );
}
