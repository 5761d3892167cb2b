/** Short messages about what has just happened, with at most one thing to do about it. */
import { useSyncExternalStore } from "react";
import { type ApiProblem, asProblem } from "@/api/problem";

export interface Toast {
  id: number;
  text: string;
  problem: ApiProblem | null;
  action: { label: string; run(): void } | null;
}

const SHOWN_MS = 6000;

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Those that go by themselves. */
const timers = new Map<number, ReturnType<typeof setTimeout>>();

/** Keeps a toast while somebody reads it, or has its button under the hand. */
export function holdToast(id: number): void {
  clearTimeout(timers.get(id));
}

/** Lets a toast go by itself again, if it is of that kind. */
export function releaseToast(id: number): void {
  if (!timers.has(id)) return;
  clearTimeout(timers.get(id));
  timers.set(
    id,
    setTimeout(() => dismissToast(id), SHOWN_MS),
  );
}

export function dismissToast(id: number): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
  publish(toasts.filter((toast) => toast.id !== id));
}

/** What was said to one person is not for the next, nor is the way to undo it. */
export function clearToasts(): void {
  for (const { id } of toasts) dismissToast(id);
}

export function showToast(text: string, action: Toast["action"] = null): void {
  const id = nextId++;
  publish([...toasts, { id, text, problem: null, action }]);
  timers.set(
    id,
    setTimeout(() => dismissToast(id), SHOWN_MS),
  );
}

/** A failure stays until it is dismissed: the request id may be needed. */
export function showProblem(text: string, error: unknown): void {
  publish([...toasts, { id: nextId++, text, problem: asProblem(error), action: null }]);
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
}
