import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** A folder for the PATH with programs `docker-credential-NAME`. */
export interface CredentialHelpers {
  /** The environment in which they are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** What each run was asked, in order: `NAME get SERVER`. */
  asked(): string[];
}

/** Writes credential helpers: a shell script for each name, which finds the server it is asked for in `$server`. */
export function credentialHelpers(scripts: Readonly<Record<string, string>>): CredentialHelpers {
  const folder = temporaryFolder();
  const log = join(folder, 'asked');
  writeFileSync(log, '');
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(folder, `docker-credential-${name}`);
    const lines = ['#!/bin/sh', 'server=$(cat)', `echo "${name} $* $server" >> '${log}'`, script, ''];
    writeFileSync(file, lines.join('\n'));
    chmodSync(file, 0o755);
  }
  return {
    environment: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    asked: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
  };
}
