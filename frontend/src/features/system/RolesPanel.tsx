import { useTranslations } from "use-intl";
import type { Status } from "@/api/shapes";
import { Panel } from "@/design/Panel";
import { StateChip } from "@/design/StateChip";
import classes from "./SystemPage.module.css";

interface Props {
  roles: Status["roles"];
  /** Version by role, where the role reports it. */
  versions: Partial<Record<string, string>>;
}

export function RolesPanel({ roles, versions }: Props) {
  const t = useTranslations("system");
  return (
    <Panel title={t("roles")}>
      <ul className={classes.list} data-testid="roles">
        {Object.entries(roles).map(([name, role]) => (
          <li key={name}>
            <span>
              <bdi>{name}</bdi>{" "}
              {versions[name] && <bdi className={classes.note}>{versions[name]}</bdi>}
            </span>
            {role.ok === null ? (
              <StateChip tone="neutral" label={t("notKnown")} />
            ) : (
              <StateChip
                tone={role.ok ? "good" : "bad"}
                label={role.ok ? t("roleOk") : t("roleDown")}
              />
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
