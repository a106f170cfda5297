/** `ok`: nothing to do; `warning`: it matters for some builds; `problem`: `nix build` will fail. */
export type Status = 'ok' | 'warning' | 'problem';

/** What one check says. Each text is one line. */
export interface Answer {
  /** What was looked at, such as `sandbox`. Names are never changed. */
  readonly check: string;
  readonly status: Status;
  readonly message: string;
  /** What to type or to add somewhere, line by line. */
  readonly lines: readonly string[];
}

export function answer(check: string, status: Status, message: string, lines: readonly string[] = []): Answer {
  return { check, status, message, lines };
}
