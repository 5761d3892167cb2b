/** The acts that the audit tells of, under names that messages can have: "a.b" is "a_b". */

/** As in `accounts/services/audit.py`; another one is shown by the name that the API gives it. */
export const ACTS = [
  ...["sign_in", "sign_in.second_factor", "session.fresh", "session.end", "sessions.end"],
  ...["password.change", "password.reset", "password.set_by_staff", "email.verify", "email.change"],
  ...["factor.begin", "factor.add", "factor.remove"],
  ...["recovery_codes.renew", "recovery_codes.use"],
  ...["device.remember", "device.forget", "profile.change"],
  ...[
    "passkey.add",
    "passkey.rename",
    "passkey.remove",
    "api_key.create",
    "api_key.use",
    "api_key.revoke",
  ],
  ...[
    "identity.link",
    "identity.unlink",
    "account.register",
    "account.close",
    "account.restore",
    "account.delete",
  ],
  ...["export.request", "image.delete"],
] as const;

export function messageOfAct(act: string): string {
  return act.replaceAll(".", "_");
}
