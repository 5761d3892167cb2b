/** Components whose code comes when they are first rendered. A `Suspense` above shows the waiting. */
import { type ComponentType, use, useEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import { networkProblem } from "@/api/problem";
import { showProblem } from "@/design/toasts";
import { MissingPage } from "./MissingPart";
import { type Missing, PartBoundary } from "./PartBoundary";
import { type MissingCode, Part } from "./part";

type Loader<P> = () => Promise<{ default: ComponentType<P> }>;

function loadedBy<P extends object>(load: Loader<P>): ComponentType<P> {
  const part = new Part(load);
  return function Loaded(props: P) {
    const { default: Component } = use(part.fetch());
    return <Component {...props} />;
  };
}

/** A part with something in its place while its code is missing; a page, unless said otherwise. */
export function lazyPart<P extends object>(
  load: Loader<P>,
  Fallback: ComponentType<Missing> = MissingPage,
): ComponentType<P> {
  const Loaded = loadedBy(load);
  return function LazyPart(props: P) {
    return (
      <PartBoundary fallback={(missing) => <Fallback {...missing} />}>
        <Loaded {...props} />
      </PartBoundary>
    );
  };
}

/** A dialog. Where its code is missing it closes, says why, and the page behind it stays. */
export function lazyDialog<P extends { onClose(): void }>(load: Loader<P>): ComponentType<P> {
  const Loaded = loadedBy(load);
  return function LazyDialog(props: P) {
    return (
      <PartBoundary fallback={({ error }) => <Closing error={error} onClose={props.onClose} />}>
        <Loaded {...props} />
      </PartBoundary>
    );
  };
}

function Closing({ error, onClose }: { error: MissingCode; onClose(): void }) {
  const t = useTranslations("code");
  const reported = useRef<MissingCode | null>(null);
  useEffect(() => {
    if (reported.current === error) return;
    reported.current = error;
    error.forget();
    showProblem(t("partFailed"), networkProblem());
    onClose();
  }, [error, onClose, t]);
  return null;
}
