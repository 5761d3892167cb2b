import { useCallback, useEffect, useRef, useState } from "react";
import { signInCalls } from "@/api/accountCalls";
import { autofillSupported, passkeyUsed } from "@/api/passkeys";
import { signInBy } from "@/api/session/sessionActions";

/** The server forgets what it asked a passkey for; before that it is asked anew. */
export const ASKED_ANEW_MS = 4 * 60_000;

async function signedIn(inField: boolean, signal: AbortSignal): Promise<void> {
  const { options, state } = await signInCalls.passkeyOptions();
  signal.throwIfAborted();
  const credential = await passkeyUsed(options, { inField, signal });
  await signInBy(signInCalls.passkey({ state, credential }));
}

const isAbort = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "AbortError";

interface PasskeySignIn {
  busy: boolean;
  error: unknown;
  /** Opens the browser's dialog. */
  begin(): void;
}

/**
 * Signs in with a passkey: by the button, or from the list that the field of the e-mail address
 * offers, for which the browser waits in the background. It does one at a time, so the button ends
 * the waiting, which begins again when the dialog is closed.
 */
export function usePasskeySignIn(isOffered: boolean, onDone: () => void): PasskeySignIn {
  const [round, setRound] = useState(0);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const waiting = useRef(new AbortController());
  const done = useRef(onDone);
  done.current = onDone;

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round waits anew
  useEffect(() => {
    if (!isOffered) return;
    const over = new AbortController();
    waiting.current = over;
    const timer = setTimeout(() => setRound((count) => count + 1), ASKED_ANEW_MS);
    const wait = async (): Promise<void> => {
      if (!(await autofillSupported()) || over.signal.aborted) return;
      await signedIn(true, over.signal);
      done.current();
    };
    wait().catch((refusal: unknown) => {
      // Nobody has asked for this: only what became of a passkey that was chosen is said.
      if (!isAbort(refusal) && (refusal as { status?: number }).status === 401) setError(refusal);
    });
    return () => {
      clearTimeout(timer);
      over.abort();
    };
  }, [isOffered, round]);

  const begin = useCallback(() => {
    waiting.current.abort();
    setBusy(true);
    setError(null);
    signedIn(false, new AbortController().signal)
      .then(() => done.current())
      .catch((refusal: unknown) => {
        if (!isAbort(refusal)) setError(refusal);
        setRound((count) => count + 1);
      })
      .finally(() => setBusy(false));
  }, []);
  return { busy, error, begin };
}
