import { dirname, resolve } from 'node:path';
import { parse } from 'smol-toml';
import { PullpinError, printable } from '../errors.js';
import { compileRegularExpression } from '../patterns/regular-expression.js';
import { didYouMean } from '../suggestion.js';
import { members } from './signed.js';
import { readSignerFile, signerFileError } from './signer-file.js';

/** Who must have signed without a key of their own, as a file says. */
export interface KeylessPolicy {
  /** The file with the authorities and logs that are trusted; absolute. */
  readonly trustedRoot: string;
  /** Who has confirmed the identity, such as https://token.actions.githubusercontent.com. */
  readonly issuer: string;
  isWanted(identity: string): boolean;
}

const KEYS = ['trusted-root', 'issuer', 'identity'] as const;
const EXAMPLE = 'trusted-root = "trusted_root.json", issuer = "https://…" and identity = "…"';

/** Reads such a file. Throws a UsageError, because a file that cannot be read must not be left out. */
export async function readKeylessPolicy(file: string): Promise<KeylessPolicy> {
  const fields = members(parseToml(await readSignerFile(file), file));
  const unknown = Object.keys(fields).find((key) => !KEYS.some((known) => known === key));
  if (unknown !== undefined)
    throw signerFileError(
      file,
      `there is no key '${printable(unknown, 100)}'${didYouMean(unknown, KEYS) || `; write ${EXAMPLE}`}`,
    );
  const text = (key: (typeof KEYS)[number]): string => {
    const value = fields[key];
    if (typeof value === 'string' && value !== '') return value;
    throw signerFileError(file, `${key} is ${value === undefined ? 'missing' : 'no text'}: write ${EXAMPLE}`);
  };
  const [root, issuer, identity] = [text('trusted-root'), text('issuer'), text('identity')];
  return { trustedRoot: resolve(dirname(file), root), issuer, isWanted: await identityTest(identity, file) };
}

/** The whole identity, or a regular expression for the whole of it. */
async function identityTest(identity: string, file: string): Promise<(identity: string) => boolean> {
  const [, body] = /^\/(.+)\/$/s.exec(identity) ?? [];
  if (body === undefined) return (other) => other === identity;
  try {
    // By itself first, so that its brackets are its own.
    await compileRegularExpression(body, '');
    return await compileRegularExpression(`^(?:${body})$`, '');
  } catch (cause) {
    if (cause instanceof PullpinError) throw signerFileError(file, `identity ${cause.message}`, cause);
    throw cause;
  }
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    const line = Number(members(cause)['line']);
    throw signerFileError(file, `${line > 0 ? `line ${line}: ` : ''}this is not TOML; write ${EXAMPLE}`, cause);
  }
}
