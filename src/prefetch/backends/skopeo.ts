import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PullpinError, printable } from '../../errors.js';
import { makeTemporaryFolder, removeLeftovers } from '../../files/writing/leftovers.js';
import type { Machine } from '../../machine/machine.js';
import { type ProgramResult, runProgram } from '../../machine/run-program.js';
import { formatRepository } from '../../oci/reference.js';
import type { HashBackend } from '../targets/backend.js';
import { type FileHash, hashFile, hashFolder } from './hash-files.js';

/** skopeo is missing, too old, or refused what was asked of it. */
export class SkopeoError extends PullpinError {
  constructor(readonly problem: string) {
    super(`skopeo: ${problem}`);
  }
}

/** How skopeo is run. It finds logins, mirrors and proxies by itself, as it does when Nix runs it. */
export interface SkopeoSettings extends Pick<Machine, 'environment' | 'temporaryFolder'> {
  readonly signal?: AbortSignal | undefined;
  /** A file with credentials, as an absolute path. */
  readonly authfile?: string | undefined;
  /** Whether its hashes are only compared with those of pullpin. */
  readonly isCompared: boolean;
  /** Certificates to trust in addition, as an absolute path. */
  readonly caFile?: string | undefined;
}

/** The oldest version with which hashes were compared (docs/hashes.md). */
const OLDEST = [1, 9] as const;
const MAX_OUTPUT = 1024 * 1024;

/** Finds the skopeo of the PATH and checks its version. Throws a SkopeoError. */
export async function openSkopeo(settings: SkopeoSettings): Promise<HashBackend> {
  const result = await runProgram('skopeo', ['--version'], { ...settings, maxOutput: MAX_OUTPUT });
  if (result.failure) throw new SkopeoError(problemOf(result));
  const said = result.stdout.toString('utf8').trim();
  const [, major = '', minor = ''] = /^skopeo version (\d{1,4})\.(\d{1,4})/.exec(said) ?? [];
  if (major === '') throw new SkopeoError(`its version is not known: it said '${printable(said, 100)}'`);
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (isOld) throw new SkopeoError(`version ${major}.${minor} is too old: ${OLDEST.join('.')} or later is needed`);
  return new Skopeo(settings);
}

type HashedImage = Parameters<HashBackend['hash']>[0];

/** Has skopeo write what Nix would fetch, and hashes it. Each method throws a SkopeoError in skopeo's own words. */
class Skopeo implements HashBackend {
  readonly isCompared: boolean;

  constructor(private readonly settings: SkopeoSettings) {
    this.isCompared = settings.isCompared;
  }

  async hash(image: HashedImage, archive: Parameters<HashBackend['hash']>[1]): Promise<FileHash> {
    const { temporaryFolder } = this.settings;
    await removeLeftovers([temporaryFolder]);
    const folder = await makeTemporaryFolder(temporaryFolder);
    try {
      const output = join(folder, 'image');
      await this.copy(
        image,
        archive ? `docker-archive:${output}:${archive.name}:${archive.tag}` : `dir:${output}`,
        folder,
      );
      return await (archive ? hashFile : hashFolder)(output);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async copy({ name, digest, tlsVerify }: HashedImage, destination: string, folder: string): Promise<void> {
    const { authfile, environment, signal } = this.settings;
    const result = await runProgram(
      'skopeo',
      [
        // nixpkgs' fetchers do without a policy as well.
        ...['--insecure-policy', `--tmpdir=${folder}`, 'copy', '--quiet'],
        `--src-tls-verify=${tlsVerify}`,
        ...(authfile === undefined ? [] : [`--src-authfile=${authfile}`]),
        ...(await this.certificates(folder)),
        `docker://${formatRepository(name)}@${digest}`,
        destination,
      ],
      { environment, signal, maxOutput: MAX_OUTPUT },
    );
    if (result.failure) throw new SkopeoError(`${formatRepository(name)}@${digest}: ${problemOf(result)}`);
  }

  /** skopeo takes more certificates from a folder only, whose files end in .crt. */
  private async certificates(folder: string): Promise<string[]> {
    const { caFile } = this.settings;
    if (caFile === undefined) return [];
    const certificates = join(folder, 'certificates');
    await mkdir(certificates);
    await copyFile(caFile, join(certificates, 'ca.crt'));
    return [`--src-cert-dir=${certificates}`];
  }
}

function problemOf({ failure, exitCode, stderr }: ProgramResult): string {
  if (failure === 'missing') return 'it is not on the PATH: install it, or do without --backend skopeo and --verify';
  if (failure === 'forbidden') return 'it may not be run';
  const lines = stderr.toString('utf8').split('\n');
  const said = lines.findLast((line) => line.includes('level=fatal')) ?? lines.findLast((line) => line.trim() !== '');
  if (said === undefined) return exitCode === undefined ? 'it was stopped' : `it failed with exit code ${exitCode}`;
  const [, message = said] = /level=fatal msg="((?:[^"\\]|\\.)*)"/.exec(said) ?? [];
  return printable(message.replace(/\\(.)/g, '$1'), 1000);
}
