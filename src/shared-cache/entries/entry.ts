import { createHash } from 'node:crypto';
import type { SharedFields, SharedKind } from '../../cache/shared-answers.js';
import { isKeyName } from './key-text.js';
import type { EntrySigner, TrustedKeys } from './keys.js';

/** The largest entry that is read or written, in bytes. */
export const MAX_ENTRY = 64 * 1024;
const MAX_SIGNATURES = 8;
const VERSION = 1;
/** In front of what is signed, so that a signature of something else is never one of an entry. */
const PURPOSE = 'pullpin shared cache\n';

/** What is asked for. */
export interface Question {
  readonly kind: SharedKind;
  readonly key: string;
}

/** What an entry says, or why it is not believed, as the end of a sentence. */
export type OpenedEntry = { readonly answer: SharedFields } | { readonly reason: string };

/** The name of an entry in any store: 64 hex digits. */
export function nameOfQuestion(question: Question): string {
  return createHash('sha256').update(questionText(question)).digest('hex');
}

function questionText({ kind, key }: Question): string {
  return `${kind} ${key}`;
}

/**
 * An entry as it is stored: a line of JSON with question and answer, and a line with a signature of the first one. The same answer signed by the same
 * key has the same bytes.
 */
export function writeSharedEntry(
  question: Question,
  answer: SharedFields,
  signer: EntrySigner,
): Uint8Array | undefined {
  const line = JSON.stringify({ version: VERSION, question: questionText(question), answer });
  const signature = Buffer.from(signer.sign(signedBytes(line))).toString('base64');
  const bytes = Buffer.from(`${line}\nsignature ${signer.publicKey.name}:${signature}\n`);
  return bytes.length <= MAX_ENTRY ? bytes : undefined;
}

/** The answer in an entry, if a trusted key has signed it as the answer to this question. */
export function readSharedEntry(bytes: Uint8Array, question: Question, keys: TrustedKeys): OpenedEntry {
  if (bytes.length > MAX_ENTRY) return { reason: `has more than ${MAX_ENTRY} bytes` };
  const [line = '', ...rest] = Buffer.from(bytes)
    .toString('utf8')
    .split('\n', MAX_SIGNATURES + 2);
  const signatures = rest.flatMap((text) => parseSignature(text) ?? []);
  if (signatures.length === 0)
    return { reason: line.startsWith('{') ? 'has no signature' : 'is not an entry of pullpin' };
  const known = signatures.filter(({ name }) => keys.has(name));
  if (known.length === 0)
    return { reason: `is signed with the key ${signatures[0]?.name}, and no trusted key has this name` };
  const signed = signedBytes(line);
  const good = known.find(({ name, signature }) => keys.hasSigned(name, signed, signature));
  if (!good) return { reason: `has a signature that is not one of the trusted key ${known[0]?.name}` };
  return answerIn(line, question);
}

function answerIn(line: string, question: Question): OpenedEntry {
  const content = objectIn(line);
  if (content?.['version'] !== VERSION) return { reason: 'is of another version of pullpin' };
  if (content['question'] !== questionText(question)) return { reason: 'is the answer to another question' };
  const answer = content['answer'];
  if (typeof answer !== 'object' || answer === null) return { reason: 'has no answer' };
  return { answer: { ...answer } };
}

function objectIn(line: string): SharedFields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function signedBytes(line: string): Uint8Array {
  return Buffer.from(`${PURPOSE}${line}`);
}

function parseSignature(text: string): { readonly name: string; readonly signature: Uint8Array } | undefined {
  const [, name = '', signature = ''] = /^signature ([^:]{1,100}):([A-Za-z0-9+/]{86}==)$/.exec(text) ?? [];
  return isKeyName(name) ? { name, signature: Buffer.from(signature, 'base64') } : undefined;
}
