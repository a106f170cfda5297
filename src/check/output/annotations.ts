import type { Finding } from '../findings/finding.js';
import type { FindingLevel } from '../findings/findings.js';
import { pathFromTop, type ReportPaths } from './file-uri.js';

const COMMANDS: Readonly<Record<FindingLevel, string>> = { error: 'error', warning: 'warning', note: 'notice' };

/** Findings as commands of GitHub Actions, which shows each of them at its line. */
export function toAnnotations(findings: readonly Finding[], paths: ReportPaths): string {
  return findings.map((finding) => annotation(finding, paths)).join('');
}

function annotation({ file, line, column, level, code, message, fix }: Finding, paths: ReportPaths): string {
  const properties = {
    file: pathFromTop(file, paths),
    line: String(line),
    col: String(column),
    title: `pullpin: ${code}`,
  };
  const listed = Object.entries(properties).map(([name, value]) => `${name}=${property(value)}`);
  return `::${COMMANDS[level]} ${listed.join(',')}::${data(fix === undefined ? message : `${message}; ${fix}`)}\n`;
}

/** What would end a command or begin another one is escaped (actions/toolkit, packages/core/src/command.ts). */
function data(text: string): string {
  return text
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replace(/[\p{Zl}\p{Zp}]|(?![\r\n])\p{Cc}/gu, '\ufffd');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
