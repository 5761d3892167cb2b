import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { lazyDialog } from "@/code/lazyPart";
import { ProblemNotice } from "@/design/ProblemNotice";
import { Row, type RowProps } from "./Row";
import { useAct } from "./useAct";

const ConfirmDialog = lazyDialog(() => import("@/design/ConfirmDialog"));

interface Ending {
  label: string;
  /** The same with the name of the row, for those who hear the button alone. */
  title: string;
  /** What is asked before; without it nothing is. */
  question?: string;
  /** What is said when it was refused. */
  failed?: string;
  work(): Promise<unknown>;
  done(): void;
}

/** A row with a button that ends what it shows. */
export function EndableRow({ ending, actions, ...row }: RowProps & { ending: Ending }) {
  const { label, title, question, failed, work, done } = ending;
  const { busy, error, act } = useAct();
  const [asking, setAsking] = useState(false);
  const end = (): void => {
    setAsking(false);
    void act(work, done);
  };
  return (
    <Row
      {...row}
      actions={
        <>
          {actions}
          <Button
            variant="subtle"
            color="danger"
            size="xs"
            loading={busy}
            aria-label={title}
            onClick={question ? () => setAsking(true) : end}
          >
            {label}
          </Button>
          {asking && question && (
            <Suspense>
              <ConfirmDialog
                title={title}
                text={question}
                label={label}
                isDanger
                busy={busy}
                onClose={() => setAsking(false)}
                onConfirm={end}
              />
            </Suspense>
          )}
        </>
      }
    >
      {error !== null && (
        <ProblemNotice {...(failed && { heading: failed })} error={error} compact />
      )}
    </Row>
  );
}
