import { FINDINGS } from '../../check/findings/findings.js';
import { table, withTables } from './tables.js';

/** docs/check.md with its table of findings made from the code. */
export function checkPage(page: string): string {
  const rows = Object.entries(FINDINGS).map(([code, { level, meaning }]) => [`\`${code}\``, level, meaning]);
  return withTables(page, { findings: table(['code', 'level', 'what it means'], rows) });
}
