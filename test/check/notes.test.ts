import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FindingJson } from '../../src/check/output/report-json.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { runInProcess, testContext } from '../support/run-in-process.js';

// Findings about the text of a pin, whose image a registry has.

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();
const HEX = HELLO.root.digest.replace('sha256:', '');
let registry: DockerRegistry;
let hash: string;
beforeAll(async () => {
  registry = await startDockerRegistry();
  await registry.push('hello', '1', HELLO);
  hash = JSON.parse((await runInProcess(['pin', '--json', `${registry.host}/hello:1`])).stdout).pins[0].hash;
});

async function check(text: string | Buffer, ...args: string[]): Promise<{ exitCode: number; findings: FindingJson[] }> {
  const context = testContext();
  mkdirSync(join(context.folder, '.git'));
  writeFileSync(join(context.folder, 'pins.nix'), text);
  const { exitCode, stdout } = await runInProcess(['check', '--json', ...args], context);
  return { exitCode, findings: JSON.parse(stdout).findings };
}

/** The arguments of a call that is right, with changes; an empty value leaves one out. */
function args(changes: Readonly<Record<string, string>> = {}): string {
  const all = {
    imageName: `"${registry.host}/hello"`,
    imageDigest: `"${HELLO.root.digest}"`,
    hash: `"${hash}"`,
    finalImageTag: '"1"',
    os: '"linux"',
    arch: '"amd64"',
    tlsVerify: 'false',
    ...changes,
  };
  const given = Object.entries(all).filter(([, value]) => value !== '');
  return given.map(([name, value]) => `  ${name} = ${value};\n`).join('');
}

const call = (changes?: Readonly<Record<string, string>>): string =>
  `{ pkgs, ... }: pkgs.dockerTools.pullImage {\n${args(changes)}}\n`;

const FINDINGS: readonly [code: string, level: string, text: () => string][] = [
  ['malformed-arch', 'error', () => call({ arch: '"x86-64"' })],
  ['malformed-os', 'error', () => call({ os: '"Linux"' })],
  ['malformed-digest', 'error', () => call({ imageDigest: `"sha256:${HEX.slice(1)}"` })],
  ['malformed-digest', 'error', () => call({ imageDigest: `"sha256:${HEX.toUpperCase()}"` })],
  ['malformed-reference', 'error', () => call({ imageName: '"Hello World"' })],
  ['unfollowed-part', 'note', () => call({ hash: 'builtins.readFile ./hash' })],
  ['unfollowed-part', 'note', () => call({ arch: 'pkgs.lib.head archs' })],
  ['unfollowable', 'error', () => call({ imageDigest: 'builtins.readFile ./digest' })],
  [
    'template',
    'note',

    () => `{ dockerTools }: digest: dockerTools.pullImage {\n${args({ imageDigest: 'digest' })}}\n`,
  ],
  ['stray-directive', 'note', () => `# pullpin: freeze\n[ 1 ]\n`],
  ['malformed-directive', 'error', () => `# pullpin: frezee\n${call()}`],
  ['unrecognised', 'note', () => `{ rev = "x"; imageDigest = "${HELLO.root.digest}"; }\n`],
  [
    'manifest-file',
    'note',

    () => '{ nix2container }: nix2container.pullImageFromManifest { imageName = "x"; imageManifest = ./m.json; }\n',
  ],
  ['unknown-argument', 'note', () => call({ variant: '"v8"' })],
  ['other-hash', 'note', () => `{\n${args({ configHash: `"${hash}"` })}}\n`],
  ['foreign-fetcher', 'note', () => `let fetch = a: mkDerivation { inherit (a) hash; }; in fetch {\n${args()}}\n`],
  ['unknown-fetcher', 'note', () => `{ lib, ... }: lib.own.pullImage {\n${args({ hash: 'lib.fakeHash' })}}\n`],
  ['no-digest', 'error', () => call({ imageDigest: '""' })],
  ['unreadable', 'error', () => `${call()}]\n`],
];

describe('the text of a pin', () => {
  test.each(FINDINGS)('%s is a finding: %s', async (code, level, text) => {
    const { findings, exitCode } = await check(text());
    const found = findings.filter((each) => each.code === code);
    expect(found, JSON.stringify(findings)).toMatchObject([{ level, file: 'pins.nix', fixable: false }]);
    expect(found[0]?.message).not.toBe('');
    const isError = findings.some((each) => each.level === 'error');
    expect(exitCode).toBe(isError ? 1 : findings.some((each) => each.level === 'warning') ? 3 : 0);
    expect((await check(text(), '--ignore', code)).findings.map((each) => each.code)).not.toContain(code);
  });

  test('is right in a call to which nothing was done', async () => {
    expect(await check(`# pullpin: 1\n${call()}`)).toEqual({ exitCode: 0, findings: [] });
  });

  test('a file that is no text is unreadable', async () => {
    const { exitCode, findings } = await check(Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    expect([exitCode, findings]).toMatchObject([1, [{ code: 'unreadable' }]]);
  });
});
