import type { CheckedPinEvent, CheckReport } from '../check.js';
import type { Finding } from '../findings/finding.js';
import type { FindingCode, FindingLevel } from '../findings/findings.js';

/** A finding in the documented JSON of `pullpin check --json` (docs/json.md). Keys may be added, and are never changed or removed. */
export interface FindingJson {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly code: FindingCode;
  readonly level: FindingLevel;
  readonly message: string;
  readonly fix: string | null;
  /** Whether `--fix` can correct it. */
  readonly fixable: boolean;
  /** Whether this run has corrected it. */
  readonly fixed: boolean;
  readonly imageName: string | null;
  readonly imageDigest: string | null;
}

export interface CheckJson {
  readonly version: 1;
  /** How many pins were checked. */
  readonly pins: number;
  readonly findings: readonly FindingJson[];
}

/** @param fixed the findings that this run has corrected */
export function checkToJson({ pins, findings }: CheckReport, fixed: readonly Finding[] = []): CheckJson {
  return {
    version: 1,
    pins,
    findings: findings.map((finding) => findingToJson(finding, fixed)),
  };
}

/** The line of a pin that was checked, in the documented lines of `pullpin check --json-lines` (docs/json.md). */
export function checkedPinToLine({ file, line, column, imageName, imageDigest, codes }: CheckedPinEvent) {
  return { type: 'pin', file, line, column, imageName, imageDigest, codes };
}

/** The lines that follow when all pins were checked: the findings in their order, and the totals. */
export function* checkLines({ pins, findings }: CheckReport, fixed: readonly Finding[] = []): Generator<object> {
  for (const finding of findings) yield { type: 'finding', ...findingToJson(finding, fixed) };
  yield { type: 'total', version: 1, pins, findings: findings.length };
}

function findingToJson(finding: Finding, fixed: readonly Finding[]): FindingJson {
  const { file, line, column, code, level, message, fix, edits, imageName, imageDigest } = finding;
  return {
    ...{ file, line, column, code, level, message },
    fix: fix ?? null,
    fixable: edits.length > 0,
    fixed: fixed.includes(finding),
    imageName: imageName ?? null,
    imageDigest: imageDigest ?? null,
  };
}
