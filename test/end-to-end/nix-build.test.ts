import { describe, expect, test } from 'vitest';
import { createRenderer, type RenderOptions } from '../../src/nix/render/render.js';
import type { PinAttributes } from '../../src/nix/render/values/template-values.js';
import { digestOf } from '../../src/oci/verified.js';
import { startDockerRegistry } from '../support/docker-registry.js';
import { fixtureImage, fixtureImages } from '../support/fixture-images.js';
import { createNix, type NixBuildOptions } from '../support/nix-build.js';
import { type PullpinRunOptions, runPullpin } from '../support/run-pullpin.js';
import { pushLayout } from '../support/skopeo.js';

const nix = createNix();
const registry = await startDockerRegistry();
const HELLO = `${registry.host}/fixtures/hello:1.0`;
const ARM = `${registry.host}/fixtures/arm-variants:1.0`;
await pushLayout(fixtureImage('hello'), HELLO);
await pushLayout(fixtureImage('arm-variants'), ARM);

const built = (name: string) => ({ storePath: expect.stringMatching(new RegExp(`/[a-z0-9]{32}-${name}$`)) });
const FILE = 'docker-image-127.0.0.1-\\d+-fixtures-hello-1.0.tar';
const ARM_FILE = 'docker-image-127.0.0.1-\\d+-fixtures-arm-variants-1.0.tar';
const MISMATCH = { refused: expect.stringContaining('hash mismatch') };

/** The block that pullpin prints. */
async function block(args: readonly string[], options?: PullpinRunOptions): Promise<string> {
  const { stdout, stderr, exitCode } = await runPullpin(['pin', ...args], options);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** Builds in a store of its own: what an earlier test has built would be taken without asking anybody. */
function build(expression: string, options?: NixBuildOptions) {
  return createNix().build(expression, options);
}

/** The block with the tenth letter of its SRI hash replaced by another one. */
function withOtherHash(text: string): string {
  return text.replace(/(= "sha256-.{9})(.)/, (_, before, letter) => before + (letter === '1' ? '2' : '1'));
}

describe.concurrent('nix-build accepts the printed block without a change', () => {
  test('for an image, on this machine and on an aarch64 one, and not with another letter in the hash', async () => {
    const text = await block([HELLO]);
    expect(text).toMatch(/^dockerTools\.pullImage \{\n {2}imageName = /);
    expect(await build(text)).toEqual(built(FILE));
    expect(await build(text, { system: 'aarch64-linux' })).toEqual(built(FILE));
    const other = withOtherHash(text);
    expect(other).not.toBe(text);
    expect(await build(other)).toEqual(MISMATCH);
  });

  test('for nix2container, and not with another letter in the hash', async () => {
    const text = await block([HELLO, '--template', 'nix2container']);
    expect(text).toMatch(/^nix2container\.pullImage \{/);
    expect(await build(text)).toEqual(built('docker-image-127.0.0.1-\\d+-fixtures-hello'));
    expect(await build(withOtherHash(text))).toEqual(MISMATCH);
  });

  test('for a function with another name', async () => {
    const text = await block([HELLO, '--function', 'pkgs.dockerTools.pullImage', '--indent', '4']);
    expect(text).toMatch(/^ {4}pkgs\.dockerTools\.pullImage \{/);
    expect(await build(text)).toEqual(built(FILE));
  });

  test('for another final name and tag', async () => {
    const text = await block([HELLO, '--final-name', 'example/greeter', '--final-tag', '7.10']);
    expect(await build(text)).toEqual(built('docker-image-example-greeter-7.10.tar'));
  });

  test.for(['linux/arm/v6', 'linux/arm/v7', 'linux/arm/v8', 'linux/arm', 'linux/arm64', 'linux/amd64'])(
    'for %s, although pullImage knows no variants',
    async (platform) => {
      expect(await build(await block([ARM, '--platform', platform]))).toEqual(built(ARM_FILE));
      const folder = await block([ARM, '--platform', platform, '--template', 'nix2container']);
      expect(await build(folder)).toEqual(built('docker-image-127.0.0.1-\\d+-fixtures-arm-variants'));
    },
  );

  test('each arm variant has its own hash', async () => {
    const blocks = await Promise.all(
      ['v6', 'v7', 'v8'].map((variant) => block([ARM, '--platform', `linux/arm/${variant}`])),
    );
    expect(new Set(blocks.map((text) => /sha256-[^"]+/.exec(text)?.[0])).size).toBe(3);
  });

  test.for(['index', 'platform'])('with --digest %s', async (digest) => {
    const text = await block([HELLO, '--digest', digest, '--system', 'aarch64-linux']);
    const { root, manifests } = fixtureImages()['hello'] ?? expect.unreachable();
    expect(text).toContain(digest === 'index' ? root.digest : manifests[1]?.digest);
    expect(await build(text)).toEqual(built(FILE));
  });
});

describe.concurrent('nix-build takes every attribute and format of the hash', () => {
  const ATTRIBUTES = ['sha256', 'hash', 'outputHash'];
  const FORMATS = ['sri', 'nix32', 'hex'];
  const choices = ATTRIBUTES.flatMap((attribute) => FORMATS.map((format) => [attribute, format] as const));

  test.for(choices)('%s in %s', async ([attribute, format]) => {
    const options = ['--hash-attr', attribute, '--hash-format', format];
    const call = await block([HELLO, ...options]);
    expect(call).toContain(`${attribute} = "`);
    expect(await build(call)).toEqual(built(FILE));
    const attributes = await block([HELLO, ...options, '--template', 'attrs']);
    expect(attributes).toMatch(/^\{/);
    expect(await build(`dockerTools.pullImage ${attributes}`)).toEqual(built(FILE));
  });

  test.for(FORMATS)('nix2container: sha256 in %s', async (format) => {
    const text = await block([HELLO, '--template', 'nix2container', '--hash-format', format]);
    expect(await build(text)).toEqual(built('docker-image-127.0.0.1-\\d+-fixtures-hello'));
  });

  test.for([
    ['--hash-attr', 'hash'],
    ['--final-name', 'x'],
    ['--final-tag', 'x'],
  ])('nix2container knows no %s', async (option) => {
    const run = await runPullpin(['pin', HELLO, '--template', 'nix2container', ...option]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('nix2container') });
  });
});

describe.concurrent('tlsVerify = false is written when the registry was not verified', () => {
  test('because it is on loopback over plain HTTP, with a warning', async () => {
    const { stdout, stderr } = await runPullpin(['pin', HELLO]);
    expect(stdout).toContain('tlsVerify = false;');
    expect(stderr).toContain('tlsVerify');
    expect(await build(stdout.replace(/^.*tlsVerify.*\n/m, ''))).toHaveProperty('refused');
  });

  test('because of --insecure, and not when the authority is known', async () => {
    const secure = await startDockerRegistry({ tls: true });
    const { hello } = fixtureImages();
    await secure.push('fixtures/hello', '1.0', hello ?? expect.unreachable());
    const image = `${secure.host}/fixtures/hello:1.0`;
    const insecure = await block([image, '--insecure', secure.host]);
    expect(insecure).toContain('tlsVerify = false;');
    expect(await build(insecure)).toEqual(built(FILE));

    const env = { SSL_CERT_FILE: secure.caFile ?? '' };
    const verified = await block([image], { env });
    expect(verified).not.toContain('tlsVerify');
    expect(await build(verified, { env })).toEqual(built(FILE));
  });
});

describe.concurrent('for any name, every template writes Nix that evaluates to exactly this name', () => {
  const HOSTILE = [
    '"; builtins.abort "x',
    `\${builtins.abort "x"}`,
    `$\${a}`,
    `''\${a}''`,
    '\\',
    'a\\"b',
    'line\nbreak\r\t',
    '*/ /* #',
    '{{imageName}}',
    '\u2028\u00e9\u{1f40b}',
    '$',
    '$$',
    '$"{a}',
  ];

  const pinOf = (imageName: string, tag: string) => ({
    imageName,
    imageDigest: digestOf('x'),
    hash: digestOf('y'),
    finalImageName: imageName,
    finalImageTag: tag,
    tag,
    os: imageName,
    arch: imageName,
    platformMatters: true,
    tlsVerify: false,
  });
  const render = async (options: RenderOptions, pin: PinAttributes) => (await createRenderer(options)).render([pin]);

  test.for(HOSTILE)('%j', async (text) => {
    const pin = pinOf(text, text);
    const attributes = await nix.evaluate(await render({ template: 'attrs' }, pin));
    expect(attributes).toMatchObject({
      imageName: text,
      finalImageName: text,
      finalImageTag: text,
      os: text,
      arch: text,
    });
    const string = await nix.evaluate(await render({ template: 'oci-string', quote: true }, pin));
    expect(string).toBe(`${text}:${text}@${pin.imageDigest}`);
    expect(await nix.syntaxError(await render({ template: 'pull-image' }, pin))).toBeUndefined();
  });

  test.for(HOSTILE)('whole files and JSON, too: %j', async (text) => {
    const pin = { ...pinOf(text, text), os: 'linux', arch: 'amd64' };
    for (const template of ['per-system', 'images', 'overlay', 'flake']) {
      const rendered = await render({ template }, pin);
      expect(await nix.syntaxError(rendered), template).toBeUndefined();
      const both = (await createRenderer({ template })).render([pin, { ...pin, arch: 'arm64' }]);
      expect(await nix.syntaxError(both), template).toBeUndefined();
    }
    expect(JSON.parse(await render({ template: 'json' }, pin))).toMatchObject({ imageName: text, finalImageTag: text });
    const { pins } = JSON.parse(await render({ template: 'npins' }, { ...pin, tlsVerify: true }));
    expect(Object.values(pins)).toMatchObject([{ image_name: text, image_tag: text }]);
  });

  test.for(HOSTILE)("nix2container's comment is one line or refused: %j", async (text) => {
    const rendered = render({ template: 'nix2container' }, pinOf('a', text));
    if (/[\n\u2028]/.test(text)) return expect(rendered).rejects.toThrow('is not one printable line');
    const names = await nix.evaluate(`let nix2container.pullImage = builtins.attrNames; in ${await rendered}`);
    expect(names).toEqual(['arch', 'imageDigest', 'imageName', 'os', 'sha256', 'tlsVerify']);
  });
});

test('nix-instantiate --parse takes the output of every template', async () => {
  for (const template of ['pull-image', 'attrs', 'nix2container']) {
    expect(await nix.syntaxError(await block([HELLO, '--template', template])), template).toBeUndefined();
  }
  expect(await nix.syntaxError(await block([HELLO, '--template', 'oci-string', '--quote']))).toBeUndefined();
  expect(await block([HELLO, '--template', 'oci-string'])).toBe(`${HELLO}@${fixtureImages()['hello']?.root.digest}\n`);
});
