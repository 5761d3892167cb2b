import { Component, type ReactNode } from "react";
import { CrashNotice } from "./CrashNotice";

interface Props {
  /** A page that broke is left with the next one: what this says changes with the page. */
  page: string;
  children: ReactNode;
}

interface State {
  error: unknown;
  page: string;
}

/** Keeps what breaks in a page away from what is around it: navigation, banners, uploads. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null, page: this.props.page };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps({ page }: Props, state: State): Partial<State> | null {
    return page === state.page ? null : { error: null, page };
  }

  private readonly retry = (): void => this.setState({ error: null });

  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? (
      this.props.children
    ) : (
      <CrashNotice error={error} onRetry={this.retry} />
    );
  }
}
