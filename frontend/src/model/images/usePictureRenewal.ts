import { useRef, useState } from "react";

const RENEWALS_AT_MOST = 2;

/**
 * Links are signed and expire, and connections drop: a picture that fails is tried again, with the
 * link that `renew` brings. `round` is to be the picture's key; `failed` says that it is no use.
 */
export function usePictureRenewal(renew: () => Promise<unknown>) {
  const [round, setRound] = useState(0);
  const [failed, setFailed] = useState(false);
  const renewals = useRef(0);
  const asking = useRef(false);

  const ask = (): void => {
    asking.current = true;
    renew()
      .catch(() => undefined)
      .finally(() => {
        asking.current = false;
        setFailed(false);
        setRound((current) => current + 1);
      });
  };
  const onError = (): void => {
    if (asking.current) return;
    if (renewals.current >= RENEWALS_AT_MOST) setFailed(true);
    else {
      renewals.current += 1;
      ask();
    }
  };
  const again = (): void => {
    renewals.current = 0;
    ask();
  };
  return { round, failed, onError, again };
}
