import { useTranslations } from "use-intl";
import type { Status } from "@/api/shapes";
import { Panel } from "@/design/Panel";
import { StateChip } from "@/design/StateChip";
import classes from "./SystemPage.module.css";

const PARTS = ["database", "cache", "broker", "storage", "queues", "keys"] as const;

/** What the roles stand on. A part that nobody could ask is neither well nor down. */
export function PartsPanel({ parts }: { parts: Status["parts"] }) {
  const t = useTranslations("system");
  const words = {
    database: t("database"),
    cache: t("cache"),
    broker: t("broker"),
    storage: t("storage"),
    queues: t("queues"),
    keys: t("keys"),
  };
  return (
    <Panel title={t("parts")}>
      <ul className={classes.list} data-testid="parts">
        {PARTS.filter((name) => name in parts).map((name) => (
          <li key={name}>
            <span>{words[name]}</span>
            <PartChip name={name} ok={parts[name]?.ok ?? null} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function PartChip({ name, ok }: { name: (typeof PARTS)[number]; ok: boolean | null }) {
  const t = useTranslations("system");
  if (ok === null) return <StateChip tone="neutral" label={t("notKnown")} />;
  if (name === "queues") {
    return <StateChip tone={ok ? "good" : "bad"} label={ok ? t("queuesMove") : t("queuesWait")} />;
  }
  if (name === "keys") {
    return <StateChip tone={ok ? "good" : "bad"} label={ok ? t("keysFresh") : t("keysStale")} />;
  }
  return <StateChip tone={ok ? "good" : "bad"} label={ok ? t("roleOk") : t("roleDown")} />;
}
