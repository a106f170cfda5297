import type { Finding } from '../../check/findings/finding.js';

/** How a pin is, the worst first. */
export type ShownState = 'dead' | 'unknown' | 'wrong' | 'moved' | 'odd' | 'fine';

/** What people read for it. Colour is never all that says it. */
export const STATE_NAMES: Readonly<Record<ShownState, string>> = {
  dead: 'dead',
  unknown: 'not known',
  wrong: 'wrong',
  moved: 'moved',
  odd: 'to look at',
  fine: 'fine',
};

export const SYMBOLS: Readonly<Record<ShownState | Finding['level'] | 'fixed', string>> = {
  dead: '✕',
  unknown: '?',
  wrong: '!',
  moved: '↑',
  odd: '△',
  fine: '✓',
  error: '✕',
  warning: '△',
  note: 'i',
  fixed: '✓',
};

/** The state of a pin with these findings, and the finding that decides it; none for a pin that is fine. */
export function stateOf(findings: readonly Finding[]): {
  readonly state: ShownState;
  readonly by: Finding | undefined;
} {
  for (const state of ORDER) {
    const by = findings.find((finding) => stateBy(finding) === state);
    if (by) return { state, by };
  }
  return { state: 'fine', by: undefined };
}

const ORDER: readonly ShownState[] = ['dead', 'unknown', 'wrong', 'moved', 'odd'];

function stateBy({ code, level }: Finding): ShownState {
  if (code.startsWith('dead-') || code === 'unusable-image') return 'dead';
  if (code === 'look-up-failed') return 'unknown';
  if (level === 'error') return 'wrong';
  if (hasMoved(code)) return 'moved';
  return level === 'warning' ? 'odd' : 'fine';
}

/** Whether a finding says that there is something newer. */
export function hasMoved(code: Finding['code']): boolean {
  return code === 'moved-tag' || code === 'newer-tag';
}
