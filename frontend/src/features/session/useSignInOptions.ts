import { useEffect, useState } from "react";
import { signInCalls } from "@/api/accountCalls";
import type { SignInOptions } from "@/api/accountShapes";

/** What is offered while nobody could say: an e-mail address and a password. */
const PASSWORD_ONLY: SignInOptions = {
  registration_open: true,
  passkeys: false,
  providers: [],
  password_reset: false,
};

/** The ways to sign in here; asked for once, and without a word when that fails. */
export function useSignInOptions(): SignInOptions {
  const [options, setOptions] = useState(PASSWORD_ONLY);
  useEffect(() => {
    let isOver = false;
    signInCalls.options().then(
      (said) => {
        if (!isOver) setOptions(said);
      },
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, []);
  return options;
}
