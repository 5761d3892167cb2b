import { CloseButton, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslations } from "use-intl";
import classes from "./SearchField.module.css";

const PAUSE_MS = 300;

interface Props {
  value: string;
  onChange(value: string): void;
}

/** Searches when the typing pauses, so that a word costs one request and not one per letter. */
export function SearchField({ value, onChange }: Props) {
  const t = useTranslations("library");
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);

  useEffect(() => {
    // Changed from outside: cleared, or gone back to.
    if (value !== sent.current) {
      sent.current = value;
      setTyped(value);
    }
  }, [value]);

  useEffect(() => {
    if (typed.trim() === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = typed.trim();
      onChange(sent.current);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onChange]);

  return (
    <TextInput
      className={classes.field ?? ""}
      type="search"
      aria-label={t("search")}
      placeholder={t("search")}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      leftSection={<Search size={17} aria-hidden />}
      rightSection={
        typed ? <CloseButton aria-label={t("clearSearch")} onClick={() => setTyped("")} /> : null
      }
    />
  );
}
