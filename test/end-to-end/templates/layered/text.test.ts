import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type TarMember, tarHeader } from '../../../../src/archive/tar.js';
import { createRenderer } from '../../../../src/nix/render/render.js';
import type { PinAttributes } from '../../../../src/nix/render/values/template-values.js';
import { type ImageManifest, parseManifest } from '../../../../src/oci/manifest.js';
import { digestOf } from '../../../../src/oci/verified.js';
import { image } from '../../../support/images.js';
import { createNix } from '../../../support/nix-build.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const nix = createNix();
const template = await createRenderer({ template: 'layered' });

function manifestOf(descriptor: Readonly<Record<string, unknown>> = {}): ImageManifest {
  const content = image({ config: '{}', layers: [{ bytes: Buffer.from('a layer'), descriptor }] });
  const manifest = parseManifest(content.root);
  return manifest.type === 'image' ? manifest : expect.unreachable();
}

function pinOf(name: string, changes: Partial<PinAttributes> = {}): PinAttributes {
  return {
    imageName: name,
    imageDigest: digestOf('x'),
    hash: digestOf('y'),
    finalImageName: name,
    finalImageTag: name,
    os: name,
    arch: name,
    variant: name,
    system: 'x86_64-linux',
    platformMatters: true,
    tlsVerify: false,
    manifest: manifestOf(),
    ...changes,
  };
}

/** What the builder of a derivation is given: the text of a file stands for its path. */
const PKGS = `{
  writeText = name: text: if name == "spec.json" then "<\${text}>" else name;
  runCommand = name: attributes: script: { inherit name script; };
  lib.fetchers.proxyImpureEnvVars = [ ];
  python3 = "python3"; curl = "curl"; zstd = "zstd"; cacert = "cacert";
}`;

interface Built {
  readonly name: string;
  readonly script: string;
}

function specOf<Spec>({ script }: Built, program: string): Spec {
  const [, spec = ''] = new RegExp(`^python3 ${program} <(.*)> "\\$out"\\n$`, 's').exec(script) ?? [];
  return JSON.parse(spec);
}

describe.concurrent('for any name, the file is Nix that evaluates to exactly this name, and no shell evaluates the name', () => {
  test.for([
    '"; builtins.abort "x',
    `\${builtins.abort "x"}`,
    `''\${a}''`,
    '\\',
    'a\\"b',
    'a$(touch x)`touch y`',
    '*/ /* #',
    '{{imageName}}',
    '--url',
    "'a b'",
    '\u00e9\u{1f40b}',
  ])('%j', async (text) => {
    const name = `a.b/c/${text}`;
    const file = template.render([pinOf(name)]);
    const built = (await nix.evaluate(`builtins.head (builtins.attrValues ((${file}) { pkgs = ${PKGS}; }))`)) as Built;
    expect(built.name).toBe(`docker-image-${name}-${name}.tar`.replaceAll(/[/:]/g, '-'));
    interface Archive {
      readonly name: string;
      readonly tag: string;
      readonly layers: readonly { readonly path: Built }[];
    }
    const { layers, ...archive } = specOf<Archive>(built, 'write-archive.py');
    expect(archive).toMatchObject({ name, tag: name });
    const [layer] = layers.map(({ path }) => specOf<Record<string, unknown>>(path, 'fetch-blob.py'));
    expect(layer).toMatchObject({ registry: 'a.b', repository: `c/${text}`, tlsVerify: false });
  });
});

test('a layer that the registry does not have is refused', () => {
  const manifest = manifestOf({ urls: ['https://elsewhere.example/layer'] });
  expect(() => template.render([pinOf('a', { manifest })])).toThrow(
    'a: the template layered has no place for a layer from outside of the registry',
  );
});

test('the headers of large members and of long names are those of pullpin', () => {
  const [hex, long] = ['c'.repeat(64), 'a'.repeat(128)];
  const members: readonly TarMember[] = [
    { type: 'file', name: `${hex}.tar`, size: 2 ** 33 - 1 },
    { type: 'file', name: `${hex}.tar`, size: 2 ** 33 },
    { type: 'file', name: `${long}.tar`, size: 5 },
    { type: 'file', name: `${long}.tar`, size: 99_999_999_999 },
    { type: 'symlink', name: `${hex}/layer.tar`, target: `../${long}.tar` },
  ];
  const calls = members.map((each) =>
    each.type === 'file' ? `header("${each.name}", ${each.size})` : `header("${each.name}", target="${each.target}")`,
  );
  const file = join(temporaryFolder(), 'headers.py');
  writeFileSync(file, `${functionsOf(template.render([pinOf('a')]))}\nfor each in [${calls}]: print(each.hex())\n`);
  const headers = execFileSync('python3', [file], { encoding: 'utf8' }).trim().split('\n');
  expect(headers).toEqual(members.map((each) => Buffer.from(tarHeader(each)).toString('hex')));
});

/** The program that writes archives, without what it does when it is run. */
function functionsOf(file: string): string {
  const [, program = ''] = /"write-archive\.py" ''\n(.*?)''/s.exec(file) ?? [];
  return program
    .replaceAll(/^ {4}/gm, '')
    .replace(/^with open\(sys\.argv\[1\]\) as file:\n.*\n/m, '')
    .replace(/^with open\(sys\.argv\[2\].*/ms, '');
}
