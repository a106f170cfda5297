import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { temporaryFolder } from './temporary-folder.js';

const PULL_IMAGE = fileURLToPath(new URL('pull-image.nix', import.meta.url));
const NIXPKGS = fileURLToPath(new URL('nixpkgs.nix', import.meta.url));

/** What nix-build said to an expression. */
export type NixBuild = { readonly storePath: string } | { readonly refused: string };

/** A Nix whose store, database and settings lie in a temporary folder: nothing of it is left in /nix, and no substituter is asked. */
export interface Nix {
  /** Builds one derivation. The expression may use `dockerTools`, `nix2container`, `stdenv` and `pkgs`, as a user's file would. */
  build(expression: string, options?: NixBuildOptions): Promise<NixBuild>;
  /** Builds a part of the flake in a folder, such as `packages.x86_64-linux.hello`, whose nixpkgs is the one of the other folder. */
  buildFlake(folder: string, nixpkgs: string, part: string): Promise<NixBuild>;
  /** What such a part prints when it is run. */
  runFlake(folder: string, nixpkgs: string, part: string, env: Readonly<Record<string, string>>): Promise<string>;
  /** The message of the parser, or undefined when it accepts the expression, which may use the same names. */
  syntaxError(expression: string): Promise<string | undefined>;
  /** The value of a closed expression, through JSON. */
  evaluate(expression: string): Promise<unknown>;
}

export interface NixBuildOptions {
  /** Whose architecture `pullImage` takes when the block names none; this machine's by default. */
  readonly system?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A binary cache that may have what is built. */
  readonly substituter?: string;
}

/** Builds on this machine. */
const LOCAL = ['--option', 'sandbox', 'false', '--option', 'build-users-group', ''];
const NO_SUBSTITUTERS = ['--option', 'substituters', ''];

/** Where a Nix of its own has its store, database and settings. */
export function nixSettings(folder: string) {
  return {
    NIX_STORE_DIR: join(folder, 'store'),
    NIX_STATE_DIR: join(folder, 'var'),
    NIX_LOG_DIR: join(folder, 'log'),
    NIX_CONF_DIR: join(folder, 'etc'),
  };
}

/** What Nix itself makes at its first start. */
function makeRoots(stateFolder: string): void {
  const [profiles, roots] = [join(stateFolder, 'profiles'), join(stateFolder, 'gcroots')];
  if (existsSync(roots)) return;
  for (const each of [profiles, roots]) mkdirSync(each, { recursive: true });
  symlinkSync(profiles, join(roots, 'profiles'));
}

export function createNix(folder = temporaryFolder()): Nix {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: join(folder, 'tmp'), ...nixSettings(folder) };
  mkdirSync(env.TMPDIR);
  makeRoots(env.NIX_STATE_DIR);
  let count = 0;

  const started = async (program: string, args: readonly string[], extraEnv: Readonly<Record<string, string>> = {}) =>
    execa(program, args, {
      cwd: folder,
      env: { ...env, ...extraEnv },
      extendEnv: false,
      reject: false,
      timeout: 60_000,
    });
  // Two that start at once in a new folder both make the database, and one may read what the other has half written.
  let database: Promise<unknown> | undefined;
  const run: typeof started = async (...call) => {
    database ??= started('nix-store', ['--init']);
    await database;
    return started(...call);
  };
  const runFlake = (command: readonly string[], nixpkgs: string, installable: string, extraEnv = {}) => {
    const features = ['--extra-experimental-features', 'nix-command flakes'];
    const inputs = ['--no-write-lock-file', '--override-input', 'nixpkgs', `path:${nixpkgs}`];
    return run(
      'nix',
      [...features, ...command, '--impure', ...inputs, ...LOCAL, ...NO_SUBSTITUTERS, installable],
      extraEnv,
    );
  };
  const fileOf = (expression: string): string => {
    const file = join(folder, `block-${count++}.nix`);
    writeFileSync(file, `{ dockerTools, nix2container, pkgs, stdenv }:\n${expression}\n`);
    return file;
  };

  return {
    async build(expression, options = {}) {
      const system = options.system === undefined ? '' : `system = "${options.system}";`;
      const caller = `let judge = import ${PULL_IMAGE} { ${system} };
        in import ${fileOf(expression)} { inherit (judge) dockerTools nix2container stdenv; pkgs = import ${NIXPKGS} // judge; }`;
      const substituters = ['--option', 'substituters', options.substituter ?? ''];
      const args = ['--no-out-link', ...LOCAL, ...substituters, '-E', caller];
      const result = await run('nix-build', args, options.env);
      return result.exitCode === 0 ? { storePath: result.stdout.trim() } : { refused: said(result) };
    },
    async buildFlake(flake, nixpkgs, part) {
      const result = await runFlake(['build', '--json', '--no-link'], nixpkgs, `path:${flake}#${part}`);
      if (result.exitCode !== 0) return { refused: said(result) };
      const [built] = JSON.parse(result.stdout);
      return { storePath: String(built.outputs.out) };
    },
    async runFlake(flake, nixpkgs, part, extraEnv) {
      const result = await runFlake(['run'], nixpkgs, `path:${flake}#${part}`, extraEnv);
      if (result.exitCode !== 0) throw new Error(said(result));
      return result.stdout;
    },
    async syntaxError(expression) {
      const result = await run('nix-instantiate', ['--parse', fileOf(expression)]);
      return result.exitCode === 0 ? undefined : said(result);
    },
    async evaluate(expression) {
      const result = await run('nix-instantiate', ['--eval', '--strict', '--json', '-E', expression]);
      if (result.exitCode !== 0) throw new Error(said(result));
      return JSON.parse(result.stdout);
    },
  };
}

/** The sha256, in hex, of a file or folder's NAR. */
export async function narSha256(path: string): Promise<string> {
  const { stdout } = await execa('nix-hash', ['--type', 'sha256', path]);
  return stdout.trim();
}

function said(result: { readonly stderr: string; readonly exitCode?: number }): string {
  // A program that is missing or was killed has judged nothing.
  if (result.exitCode === undefined) throw new Error(`nix did not finish: ${result.stderr}`);
  return result.stderr;
}
