import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PullpinError, UsageError } from '../../../src/errors.js';
import { createRenderer, type RenderOptions } from '../../../src/nix/render/render.js';
import { TemplateError } from '../../../src/nix/render/user-template/template-file.js';
import type { PinAttributes } from '../../../src/nix/render/values/template-values.js';
import { digestOf } from '../../../src/oci/verified.js';
import { REDIS_ATTRIBUTES as REDIS } from '../../support/redis-attributes.js';

const render = async (options: RenderOptions, changes: Partial<PinAttributes> = {}): Promise<string> =>
  (await createRenderer(options)).render([{ ...REDIS, ...changes }]);

describe('the built-in templates', () => {
  test('pull-image is a call that can be pasted', async () => {
    expect(await render({})).toBe(`dockerTools.pullImage {
  imageName = "redis";
  imageDigest = "${REDIS.imageDigest}";
  sha256 = "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM=";
  finalImageName = "redis";
  finalImageTag = "7.4";
}
`);
  });

  test('os, arch and tlsVerify are written when they matter', async () => {
    const text = await render(
      { function: 'pkgs.dockerTools.pullImage' },
      { platformMatters: true, arch: 'arm64', tlsVerify: false },
    );
    expect(text).toContain('pkgs.dockerTools.pullImage {\n');
    expect(text).toContain('  os = "linux";\n  arch = "arm64";\n  tlsVerify = false;\n}\n');
  });

  test('attrs is the bare set', async () => {
    expect(`dockerTools.pullImage ${await render({ template: 'attrs' })}`).toBe(await render({}));
  });

  test('nix2container writes the tag into a comment, because it has no attribute for it', async () => {
    const text = await render({ template: 'nix2container' });
    expect(text).toMatch(
      /^nix2container\.pullImage \{\n {2}imageName = "redis";\n {2}imageDigest = "sha256:[0-9a-f]{64}"; # tag 7\.4\n/,
    );
    expect(text).not.toContain('finalImage');
  });

  test('oci-string is plain text, or a Nix string with --quote', async () => {
    expect(await render({ template: 'oci-string' })).toBe(`redis:7.4@${REDIS.imageDigest}\n`);
    expect(await render({ template: 'oci-string', quote: true })).toBe(`"redis:7.4@${REDIS.imageDigest}"\n`);
  });

  test.each([
    [{ hashAttribute: 'sha256', hashFormat: 'nix32' }, 'sha256 = "00xyyr3f'],
    [{ hashAttribute: 'sha256', hashFormat: 'hex' }, 'sha256 = "5891b5b5'],
    [{ hashAttribute: 'hash', hashFormat: 'sri' }, 'hash = "sha256-WJG1'],
    [{ hashAttribute: 'hash', hashFormat: 'nix32' }, 'hash = "sha256:00xyyr3f'],
    [{ hashAttribute: 'outputHash', hashFormat: 'hex' }, 'outputHash = "sha256:5891b5b5'],
  ] as const)('%o', async (options, expected) => {
    const text = await render(options);
    expect(text).toContain(expected);
    expect(text.includes('outputHashAlgo = "sha256";')).toBe(options.hashAttribute === 'outputHash');
  });

  test('several pins are separated by a blank line', async () => {
    expect((await createRenderer({ template: 'attrs' })).render([REDIS, REDIS])).toMatch(
      /^\{\n[^{]*\}\n\n\{\n[^{]*\}\n$/,
    );
  });

  test('--indent moves each line', async () => {
    expect(await render({ indent: 4, template: 'attrs' })).toMatch(/^ {4}\{\n {6}imageName = .*\n[\s\S]*\n {4}\}\n$/);
  });

  test('no text of a pin can become Nix code', async () => {
    const evil = '"; x = builtins.trace "${y}" \\ \n';
    expect(await render({}, { finalImageName: evil })).toContain(
      String.raw`finalImageName = "\"; x = builtins.trace \"\${y}\" \\ \n";`,
    );
    await expect(render({}, { finalImageName: 'a\u0000b' })).rejects.toThrow('control characters');
    await expect(render({ template: 'nix2container' }, { tag: '1\n; evil' })).rejects.toThrow('one printable line');
  });

  test.each([
    [{ function: 'f {}; x' }, 'not the name of a Nix function'],
    [{ function: 'a..b' }, 'not the name of a Nix function'],
    [{ function: 'with.b' }, 'not the name of a Nix function'],
    [{ template: 'attrs', function: 'f' }, 'calls nothing'],
    [{ template: 'nix2container', hashAttribute: 'hash' }, 'no other --hash-attr'],
    [{ indent: 41 }, '0 to 40'],
    [{ indent: 1.5 }, '0 to 40'],
  ] as [RenderOptions, string][])('%o is refused', async (options, message) => {
    await expect(createRenderer(options)).rejects.toThrow(UsageError);
    await expect(createRenderer(options)).rejects.toThrow(message);
  });
});

describe('a user’s own template', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pullpin-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(text: string): Promise<string> {
    const path = join(folder, `${digestOf(text).slice(7, 19)}.hbs`);
    await writeFile(path, text);
    return path;
  }

  test('sees the values and the helpers', async () => {
    const template = await file(
      '{{finalImageTag}} = {{nixString sri}}; {{nixComment (concat "from " imageName)}} {{json os}}',
    );
    expect(await render({ template })).toBe(
      '7.4 = "sha256-WJG1tSLV3whtD/CxEPvZ0hu0/HFjrzTQgoai6Eb2vgM="; # from redis "linux"\n',
    );
  });

  test.each([
    ['one\n{{#if os}}\nthree', 3, 'is not closed'],
    ['one\ntwo {{nosuch}}', 2, "there is no value or helper called 'nosuch'; there are the values name, imageName, "],
    ['\n{{nixString nosuch}}', 2, 'nixString wants text, and got nothing'],
    ['{{nixString tlsVerify}}', 1, 'nixString wants text, and got boolean'],
    ['{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}', undefined, 'calls itself without end'],
    ['{{> nosuch}}', 1, 'nosuch'],
    ['{{log "to stdout"}}', 1, 'log'],
  ])('with a mistake is reported with its line: %j', async (text, line, problem) => {
    const template = await file(text);
    const failure = await render({ template }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TemplateError);
    expect(failure).toMatchObject({ file: template, line });
    expect((failure as PullpinError).message).toContain(problem);
    expect((failure as PullpinError).message).not.toContain('\n');
  });

  test('that uses the value pins gets all of them at once', async () => {
    const template = await file('{\n{{#each pins}}  {{nixString finalImageTag}} = {{nixString hash}};\n{{/each}}\n}\n');
    const renderer = await createRenderer({ template });
    expect(renderer.gathers).toBe(true);
    expect(renderer.render([REDIS, { ...REDIS, finalImageTag: '8' }]).match(/"(7\.4|8)" = "sha256-/g)).toHaveLength(2);
  });

  test('that does not exist is named', async () => {
    await expect(createRenderer({ template: './no/such.hbs' })).rejects.toThrow(
      'there is no template file ./no/such.hbs; check the path',
    );
  });
});
