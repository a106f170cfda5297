import { rm, stat, writeFile } from 'node:fs/promises';
import { PullpinError, printable, UsageError } from '../errors.js';
import { isMissing, isSystemError, readProblem, writeReason } from '../machine/file-errors.js';
import { readTextFile } from '../machine/regular-file.js';
import { formatKey, type KeyText, parseSecretKey } from './entries/key-text.js';
import { type EntrySigner, makeKeyPair, signerOf } from './entries/keys.js';

/** The largest file with a secret key, in bytes. */
const MAX_SECRET = 4096;

const MAKE_ONE = 'pullpin cache key NAME FILE makes one';

/** Reads the secret key of a file. @param option what names the file, for messages. Throws a UsageError, which shows nothing of the file. */
export async function readSigner(file: string, option = ''): Promise<EntrySigner> {
  const fail = (problem: string, cause?: unknown) =>
    new UsageError(`${option}${printable(file)}: ${problem}`, { cause });
  const text = await readTextFile(file, MAX_SECRET).catch((cause: unknown) => {
    throw fail(`${readProblem(cause)}${isMissing(cause) ? `; ${MAKE_ONE}` : ''}`, cause);
  });
  const secret = parseSecretKey(text);
  const signer = secret && signerOf(secret);
  if (!signer) throw fail(`is not a secret key; ${MAKE_ONE}`);
  return signer;
}

/** Whether all users of this machine can read a file. */
export async function isReadByAll(file: string): Promise<boolean> {
  return stat(file).then(
    ({ mode }) => (mode & 0o004) !== 0,
    () => false,
  );
}

/** The public key of a file with a secret one. Throws a UsageError. */
export async function publicKeyOfFile(file: string): Promise<KeyText> {
  return (await readSigner(file)).publicKey;
}

/** Makes a pair of keys, and writes the secret one into a new file that only its owner can read. Returns the public one. Throws a PullpinError. */
export async function makeSecretFile(name: string, file: string): Promise<KeyText> {
  const { secret, publicKey } = makeKeyPair(name);
  await writeFile(file, `${formatKey(secret)}\n`, { flag: 'wx', mode: 0o600 }).catch(async (cause: unknown) => {
    if (!isSystemError(cause)) throw cause;
    if (cause.code === 'EEXIST')
      throw new UsageError(`${printable(file)} is there already, and a key is never replaced: name another file`, {
        cause,
      });
    // A full disk leaves a file without its text.
    await rm(file, { force: true }).catch(() => {});
    throw new PullpinError(`${printable(file)} cannot be written: ${writeReason(cause)}`, { cause });
  });
  return publicKey;
}
