import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/check/findings/finding.js';
import { toAnnotations } from '../../src/check/output/annotations.js';
import { toSarif } from '../../src/check/output/sarif.js';
import { digestOf } from '../../src/oci/verified.js';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImages } from '../support/fixture-images.js';
import { type PullpinRun, runPullpin } from '../support/run-pullpin.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const HELLO = fixtureImages()['hello'] ?? expect.unreachable();

let registry: DockerRegistry;
/** A repository whose pins lie in a folder below its top. */
const top = temporaryFolder();
const folder = join(top, 'sub');
beforeAll(async () => {
  registry = await startDockerRegistry();
  await registry.push('hello', '1', HELLO);
  execFileSync('git', ['init', '-q', top]);
  mkdirSync(folder);
  writeFileSync(join(folder, 'a b.nix'), `{ pkgs }: {\n  one = ${call(`hash = "${digestOf('x').slice(7)}";`)};\n}\n`);
  writeFileSync(join(folder, 'dead.nix'), `{\n  two = "${registry.host}/hello:1@${digestOf('gone')}";\n}\n`);
});

function call(attributes: string): string {
  const { host } = registry;
  const fixed = `imageName = "${host}/hello"; imageDigest = "${HELLO.root.digest}"; finalImageTag = "1"; tlsVerify = false;`;
  return `pkgs.dockerTools.pullImage { ${fixed} os = "linux"; arch = "amd64"; ${attributes} }`;
}

const check = (...args: string[]): Promise<PullpinRun> => runPullpin(['check', ...args], { cwd: folder });

/** The official schema, without what only its own draft knows: ajv takes a later one, which has the same meaning for all that is used here. */
function validator() {
  const file = new URL('../../fixtures/sarif/sarif-schema-2.1.0.json', import.meta.url);
  const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, 'utf8'));
  return new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
}

test('people get a line for each finding, and one for what to do', async () => {
  const { stdout, stderr, exitCode } = await check();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^a b\.nix:2:9: error: \S+\/hello: hash = ".*" does not say that it is a sha256 \[untyped-hash\]\n {2}write sha256-\S+\n/,
  );
  expect(stdout).toMatch(/\ndead\.nix:2:9: error: .*\[dead-digest\]\n {2}pullpin bump dead\.nix:2\n/);
  expect(stderr).toBe('pullpin: 2 pins checked, 2 errors, 1 warning\n');
});

test('SARIF is what the schema wants, with paths from the top of the repository', async () => {
  const { stdout, exitCode } = await check('--sarif');
  expect(exitCode).toBe(1);
  const log = JSON.parse(stdout);
  const validate = validator();
  expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
  const [{ results, tool }] = log.runs;
  expect(results.map(({ ruleId }: { ruleId: string }) => ruleId)).toEqual(['untyped-hash', 'dead-digest', 'moved-tag']);
  const [untyped, dead] = results;
  expect(untyped.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri: 'sub/a%20b.nix' },
    region: { startLine: 2, startColumn: 9 },
  });
  for (const { ruleId, ruleIndex, level } of results) {
    expect(tool.driver.rules[ruleIndex]).toMatchObject({ id: ruleId, defaultConfiguration: { level } });
  }
  const { deletedRegion, insertedContent } = untyped.fixes[0].artifactChanges[0].replacements[0];
  const text = readFileSync(join(folder, 'a b.nix'), 'utf8');
  const { charOffset, charLength } = deletedRegion;
  expect(text.slice(charOffset, charOffset + charLength)).toBe(digestOf('x').slice(7));
  expect(insertedContent.text).toMatch(/^sha256-/);
  expect(dead.fixes).toBeUndefined();
  writeFileSync(join(folder, 'dead.nix'), `\n\n${readFileSync(join(folder, 'dead.nix'), 'utf8')}`);
  const moved = JSON.parse((await check('--sarif')).stdout).runs[0].results[1];
  expect(moved.partialFingerprints).toEqual(dead.partialFingerprints);
  expect(moved.locations).not.toEqual(dead.locations);
});

test('the schema refuses a log that is wrong', () => {
  const log = toSarif([FINDING], { folder: '/r', top: '/r' }, '1.0.0') as { runs: { results: { level: string }[] }[] };
  const validate = validator();
  expect(validate(log)).toBe(true);
  for (const result of log.runs[0]?.results ?? []) result.level = 'bad';
  expect(validate(log)).toBe(false);
});

test('annotations stand at the lines of their files', async () => {
  const { stdout, exitCode } = await check('--github', 'a b.nix');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^::error file=sub\/a b\.nix,line=2,col=9,title=pullpin%3A untyped-hash::hash = "[0-9a-f]{64}" does not .*; write sha256-\S+\n$/,
  );
});

const FINDING: Finding = {
  file: 'a,b:c%\n.nix',
  line: 1,
  column: 2,
  code: 'moved-tag',
  level: 'warning',
  message: 'tag 1\r\n::error::x\u2028 100%\u001b[31m',
  edits: [],
};

test('no text of a file can begin a command of its own', () => {
  expect(toAnnotations([FINDING], { folder: '/r', top: '/r' })).toBe(
    '::warning file=a%2Cb%3Ac%25%0A.nix,line=1,col=2,title=pullpin%3A moved-tag::tag 1%0D%0A::error::x\ufffd 100%25\ufffd[31m\n',
  );
  const uri = JSON.stringify(toSarif([FINDING], { folder: '/r', top: '/r' }, '1.0.0'));
  expect(uri).toContain('"uri":"a%2Cb%3Ac%25%0A.nix"');
});

test.each([
  [['--json', '--sarif'], /^pullpin: --json and --sarif would both be printed: choose one/],
  [['-', '--fix'], /^pullpin: --fix writes files, and does not go with -/],
  [['../sub/a b.nix', 'nosuch'], /^pullpin: no pin matches 'nosuch'/],
] as const)('%j is a usage error', async (args, message) => {
  const { stdout, stderr, exitCode } = await check(...args);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(message);
});

test('a folder without pins is not fine', async () => {
  const { stderr, exitCode } = await runPullpin(['check'], { cwd: temporaryFolder() });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^pullpin: no pin was found; pullpin looked at 0 files/);
});
