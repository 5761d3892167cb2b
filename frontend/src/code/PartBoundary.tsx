import { Component, type ReactNode } from "react";
import { MissingCode } from "./part";

export interface Missing {
  error: MissingCode;
  /** Asks for the code again; stays the same function. */
  retry(): void;
}

interface Props {
  fallback(missing: Missing): ReactNode;
  children: ReactNode;
}

/** Stands in for a part whose code is missing, and only for that: what breaks by itself goes on up. */
export class PartBoundary extends Component<Props, { error: unknown }> {
  override state: { error: unknown } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  /** A page that is opened again asks for its code again. */
  override componentWillUnmount(): void {
    if (this.state.error instanceof MissingCode) this.state.error.forget();
  }

  private readonly retry = (): void => {
    if (this.state.error instanceof MissingCode) this.state.error.forget();
    this.setState({ error: null });
  };

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (!(error instanceof MissingCode)) throw error;
    return this.props.fallback({ error, retry: this.retry });
  }
}
