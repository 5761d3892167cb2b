import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { api, unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Profile } from "@/api/shapes";
import { ProblemNotice } from "@/design/ProblemNotice";
import { showToast } from "@/design/toasts";
import { useFieldProblem } from "@/design/useFieldProblem";
import classes from "./AccountPage.module.css";
import { profileKey } from "./useProfile";

export function ProfileForm({ profile }: { profile: Profile }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [name, setName] = useState(profile.name);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const wrongWith = useFieldProblem(error === null ? null : asProblem(error));

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const saved = await unwrap(api.PATCH("/auth/profile", { body: { name: name.trim() } }));
      client.setQueryData(profileKey, saved);
      void client.invalidateQueries({ queryKey: ["overview"] });
      showToast(t("account.saved"));
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form className={classes.form} onSubmit={(event) => void submit(event)}>
      {error !== null && (
        <ProblemNotice heading={t("account.saveFailed")} error={error} fields={["name"]} compact />
      )}
      <TextInput
        label={t("account.name")}
        autoComplete="name"
        dir="auto"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={wrongWith("name")}
      />
      <TextInput label={t("account.email")} value={profile.email} dir="ltr" readOnly />
      <Button type="submit" loading={busy} disabled={name.trim() === profile.name}>
        {t("common.save")}
      </Button>
    </form>
  );
}
