import type { Passkey } from "@/api/accountShapes";
import { PasskeyRow } from "./PasskeyRow";
import { Rows } from "./Row";

interface Props {
  passkeys: readonly Passkey[];
  onChanged(): void;
}

export default function PasskeyList({ passkeys, onChanged }: Props) {
  return (
    <Rows testId="passkeys">
      {passkeys.map((passkey) => (
        <PasskeyRow key={passkey.id} passkey={passkey} onChanged={onChanged} />
      ))}
    </Rows>
  );
}
