import type { FileEdit } from '../../nix/edit/edit.js';
import { hexOf } from '../../oci/digest.js';
import { digestOf } from '../../oci/verified.js';
import type { Finding } from '../findings/finding.js';
import { FINDINGS, type FindingCode } from '../findings/findings.js';
import { pathFromTop, type ReportPaths } from './file-uri.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const CODES = Object.keys(FINDINGS) as readonly FindingCode[];

/**
 * Findings as a log of SARIF 2.1.0, which code hosts read. A finding keeps its fingerprint when its line moves.
 *
 * @param version that of pullpin
 */
export function toSarif(findings: readonly Finding[], paths: ReportPaths, version: string): unknown {
  const rules = CODES.map((id) => ({
    id,
    shortDescription: { text: FINDINGS[id].meaning },
    defaultConfiguration: { level: FINDINGS[id].level },
  }));
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'pullpin', semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results: findings.map((finding) => result(finding, paths)),
      },
    ],
  };
}

function result(finding: Finding, paths: ReportPaths): unknown {
  const { file, line, column, code, level, message, fix, edits, imageName = '' } = finding;
  const path = pathFromTop(file, paths);
  return {
    ruleId: code,
    ruleIndex: CODES.indexOf(code),
    level,
    message: { text: fix === undefined ? message : `${message}; ${fix}` },
    locations: [
      { physicalLocation: { artifactLocation: artifact(path), region: { startLine: line, startColumn: column } } },
    ],
    partialFingerprints: { 'pullpin/v1': hexOf(digestOf(JSON.stringify([path, imageName, code]))) },
    fixes: edits.length > 0 ? [fixOf(edits, fix ?? message, paths)] : undefined,
  };
}

function fixOf(edits: readonly FileEdit[], description: string, paths: ReportPaths): unknown {
  const files = [...new Set(edits.map(({ file }) => file))];
  return {
    description: { text: description },
    artifactChanges: files.map((file) => ({
      artifactLocation: artifact(pathFromTop(file, paths)),
      replacements: edits
        .filter((edit) => edit.file === file)
        .map(({ start, end, text }) => ({
          deletedRegion: { charOffset: start, charLength: end - start },
          insertedContent: { text },
        })),
    })),
  };
}

/** A relative reference (RFC 3986): each part of the path is escaped, so that none can be a scheme or a query. */
function artifact(path: string): { readonly uri: string } {
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  return { uri: path.startsWith('/') ? `file://${escaped}` : escaped };
}
