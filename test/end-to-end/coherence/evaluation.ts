import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { temporaryFolder } from '../../support/temporary-folder.js';
import type { Fetch, Parts } from './sample-images.js';

export const SYSTEMS = ['x86_64-linux', 'aarch64-linux'] as const;
export type System = (typeof SYSTEMS)[number];

const STAND_INS = fileURLToPath(new URL('stand-ins.nix', import.meta.url));

/** A pin as Nix sees it. `path` says where in the value of the program; it is the same before and after a bump. */
export interface SeenPin {
  readonly path: string;
  readonly system: System;
  readonly imageName: string;
  readonly imageDigest: string;
  /** The tag of an OCI string that has one. */
  readonly tag?: string;
  /** What would be fetched, and the hash that it must have; absent for an OCI string. */
  readonly fetch?: Fetch;
  readonly hash?: string;
  /** What it is put together from; absent for what is fetched as a whole. */
  readonly parts?: Parts;
}

/**
 * Evaluates programs for each system, all in one process for each, and gives the pins of each program. Throws when Nix refuses one.
 *
 * @param entries the file of each program that is a function of the stand-ins
 */
export async function seenPins(entries: ReadonlyMap<string, string>): Promise<Map<string, SeenPin[]>> {
  const seen = new Map<string, SeenPin[]>([...entries.keys()].map((name) => [name, []]));
  const programs = [...entries].map(([name, file]) => `"${name}" = withoutFunctions (import ${file} standIns);`);
  const expression = `let standIns = import ${STAND_INS} { }; withoutFunctions = ${WITHOUT_FUNCTIONS}; in { ${programs.join('\n')} }`;
  const values = await Promise.all(SYSTEMS.map((system) => evaluated(expression, system)));
  for (const [at, system] of SYSTEMS.entries()) {
    for (const [name, value] of Object.entries(values[at] ?? {})) seen.get(name)?.push(...pinsIn(value, '', system));
  }
  return seen;
}

/** What nixpkgs makes can be overridden by functions, which JSON does not have. */
const WITHOUT_FUNCTIONS = `value:
  if builtins.isAttrs value then builtins.mapAttrs (_: withoutFunctions) (standIns.lib.filterAttrs (_: each: !builtins.isFunction each) value)
  else if builtins.isList value then map withoutFunctions value
  else value`;

async function evaluated(expression: string, system: System): Promise<Record<string, unknown>> {
  const home = temporaryFolder();
  const args = ['--eval', '--strict', '--json', '--option', 'system', system, '-I', `nixpkgs=${STAND_INS}`, '-'];
  const { stdout } = await execa('nix-instantiate', args, {
    input: expression,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, NIX_STATE_DIR: home, NIX_STORE_DIR: home },
    extendEnv: false,
    maxBuffer: 2 ** 28,
  });
  return JSON.parse(stdout);
}

const OCI_STRING = /^(?<name>[a-z0-9][\w./:-]*?)(?::(?<tag>[\w][\w.-]*))?@(?<digest>sha256:[0-9a-f]{64})$/;

function pinsIn(value: unknown, path: string, system: System): SeenPin[] {
  if (typeof value === 'string') {
    const { name, tag, digest } = OCI_STRING.exec(value)?.groups ?? {};
    if (name === undefined || digest === undefined) return [];
    return [{ path, system, imageName: name, imageDigest: digest, ...(tag !== undefined && { tag }) }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if ('fetches' in value) {
    const { hash, parts, ...fetch } = value as Fetch & { hash: string; parts?: Parts };
    const { imageName, imageDigest } = fetch;
    return [{ path, system, imageName, imageDigest, fetch, hash, ...(parts && { parts }) }];
  }
  return Object.entries(inOneString(value)).flatMap(([key, each]) => pinsIn(each, `${path}/${key}`, system));
}

/** Helm has an image's name beside `tag@digest`. */
function inOneString(value: object): object {
  const { registry, repository, tag } = value as Partial<Record<'registry' | 'repository' | 'tag', unknown>>;
  if (typeof repository !== 'string' || typeof tag !== 'string') return value;
  const name = typeof registry === 'string' ? `${registry}/${repository}` : repository;
  return { ...value, tag: tag.startsWith('@') ? `${name}${tag}` : `${name}:${tag}` };
}
