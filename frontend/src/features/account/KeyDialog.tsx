import { Button, Checkbox, Group, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { keyCalls } from "@/api/accountCalls";
import { asProblem } from "@/api/problem";
import { CopyIcon } from "@/design/CopyIcon";
import { ProblemNotice } from "@/design/ProblemNotice";
import { useFieldProblem } from "@/design/useFieldProblem";
import page from "./AccountPage.module.css";
import { Dialog, DialogForm } from "./DialogForm";
import { type KeyFields, LIVES, type Life, newKey, SCOPES } from "./keyForm";
import { useAct } from "./useAct";

const FIELDS = ["name", "scopes", "expires_at", "addresses"];
const EMPTY: KeyFields = { name: "", scopes: ["images:read"], life: "90", addresses: "" };

/** Makes a key; the key itself is shown once, here. */
export default function KeyDialog({ onClose, onMade }: { onClose(): void; onMade(): void }) {
  const t = useTranslations();
  const [made, setMade] = useState<string | null>(null);
  const isShown = made !== null;
  return (
    <Dialog
      title={t(isShown ? "security.keyMadeTitle" : "security.keyMake")}
      onClose={onClose}
      isFirm={isShown}
    >
      {made === null ? (
        <KeyForm
          onClose={onClose}
          onMade={(key) => {
            setMade(key);
            onMade();
          }}
        />
      ) : (
        <MadeKey value={made} onClose={onClose} />
      )}
    </Dialog>
  );
}

function KeyForm({ onClose, onMade }: { onClose(): void; onMade(key: string): void }) {
  const t = useTranslations("security");
  const [fields, setFields] = useState(EMPTY);
  const { busy, error, act } = useAct();
  const refused = error === null ? null : asProblem(error);
  const wrongWith = useFieldProblem(refused);
  const lives: Record<Life, string> = {
    "30": t("keyDays", { count: 30 }),
    "90": t("keyDays", { count: 90 }),
    "365": t("keyDays", { count: 365 }),
    "": t("keyForever"),
  };
  const submit = (): void => {
    const wanted = newKey(fields, new Date());
    void act(
      () => keyCalls.make(wanted),
      ({ key }) => onMade(key),
    );
  };
  const canMake = fields.name.trim() !== "" && fields.scopes.length > 0;
  return (
    <DialogForm
      label={t("keyMake")}
      busy={busy}
      disabled={!canMake}
      onClose={onClose}
      onSubmit={submit}
    >
      {refused && (
        <ProblemNotice heading={t("keyMakeFailed")} error={refused} fields={FIELDS} compact />
      )}
      <TextInput
        label={t("keyName")}
        description={t("keyNameHint")}
        dir="auto"
        maxLength={100}
        value={fields.name}
        onChange={(event) => setFields({ ...fields, name: event.currentTarget.value })}
        error={wrongWith("name")}
        data-autofocus
      />
      <Checkbox.Group
        label={t("keyScopes")}
        value={[...fields.scopes]}
        onChange={(chosen) =>
          setFields({ ...fields, scopes: SCOPES.filter((scope) => chosen.includes(scope)) })
        }
        error={wrongWith("scopes")}
      >
        <div className={page.choices}>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={t(`scopes.${scope.replace(":", "_") as "images_read"}`)}
            />
          ))}
        </div>
      </Checkbox.Group>
      <NativeSelect
        label={t("keyLife")}
        value={fields.life}
        onChange={(event) => setFields({ ...fields, life: event.currentTarget.value as Life })}
        data={LIVES.map((value) => ({ value, label: lives[value] }))}
        error={wrongWith("expires_at")}
      />
      <Textarea
        label={t("keyAddresses")}
        description={t("keyAddressesHint")}
        dir="ltr"
        rows={2}
        spellCheck={false}
        value={fields.addresses}
        onChange={(event) => setFields({ ...fields, addresses: event.currentTarget.value })}
        error={wrongWith("addresses")}
      />
    </DialogForm>
  );
}

function MadeKey({ value, onClose }: { value: string; onClose(): void }) {
  const t = useTranslations("security");
  const common = useTranslations("common");
  const line = `curl ${globalThis.location.origin}/api/v1/images -H "Authorization: Bearer $API_KEY"`;
  return (
    <>
      <p className={page.note}>{t("keyMadeText")}</p>
      <p className={page.secret}>
        <code dir="ltr" data-testid="new-key">
          {value}
        </code>
        <CopyIcon value={value} label={`${common("copy")}: ${t("keyMadeTitle")}`} />
      </p>
      <p className={page.note}>{t("keyUse")}</p>
      <p className={page.secret}>
        <code dir="ltr">{line}</code>
        <CopyIcon value={line} label={`${common("copy")}: curl`} />
      </p>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onClose}>{t("keyKept")}</Button>
      </Group>
    </>
  );
}
