import { describe, expect, test } from 'vitest';
import { importsOf, readSource, type SourceImport, sourceFiles } from './support/source-imports.js';

// What each folder (or file at the top) of src may import besides itself; the picture is in docs/architecture.md.
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'errors'],
  cli: ['library', 'errors'],
  library: ['pin', 'files', 'prefetch', 'nix', 'layout', 'registry', 'oci', 'errors'],
  index: ['library', 'errors'],
  pin: ['prefetch', 'nix', 'files', 'layout', 'archive', 'registry', 'oci', 'errors'],
  prefetch: ['archive', 'registry', 'oci', 'errors'],
  nix: ['oci', 'errors'],
  layout: ['oci', 'errors'],
  files: ['errors'],
  archive: ['oci', 'errors'],
  registry: ['oci', 'errors'],
  oci: ['errors'],
  errors: [],
};

// Where each package, and each door to the world outside, may be imported.
const HOMES: Readonly<Record<string, RegExp>> = {
  yargs: /^cli\//,
  undici: /^registry\//,
  handlebars: /^nix\//,
  execa: /^(prefetch\/skopeo|registry\/credential-helper|nix\/store|files\/git)\.ts$/,
  'jsonc-parser': /^nix\//,
  ignore: /^files\//,
  picomatch: /^files\//,
  diff: /^(files|cli)\//,
  semver: /^pin\//,
  'smol-toml': /^registry\//,
  'hash-wasm': /^prefetch\/saved-hash\.ts$/,
  'xxhash-wasm': /^archive\//,
  'node:process': /^(main\.ts|cli\/)/,
  'node:fs': /^(?!archive\/|oci\/|errors\.ts)/,
  'node:os': /^(main\.ts|cli\/)/,
  'node:child_process': /^$/,
  'node:http': /^registry\//,
  'node:https': /^$/,
};

describe('src', () => {
  const imports = sourceFiles().flatMap((file) => importsOf(file, readSource(file)));

  test('has no folder that the table of arrows does not know', () => {
    expect(
      sourceFiles()
        .map(folderOf)
        .filter((folder) => !(folder in ARROWS)),
    ).toEqual([]);
  });

  test('imports along the arrows only', () => {
    expect(imports.filter(isUpward).map(describeImport)).toEqual([]);
  });

  test('imports a package in its one home only', () => {
    expect(imports.filter(isAbroad).map(describeImport)).toEqual([]);
  });

  test('reads the environment, the clock and the streams of the process in main.ts and cli/ only', () => {
    const outside = sourceFiles().filter((file) => !/^(main\.ts|cli\/)/.test(file));
    const readers = outside.filter((file) => /\bprocess\.(?:env|argv|std\w+|exit|cwd)\b|\bconsole\./.test(code(file)));
    expect(readers).toEqual([]);
  });
});

describe('the check itself', () => {
  test.for([
    ['oci/manifest.ts', `import type { X } from '../archive/tar.js';`],
    ['cli/report.ts', `export * from '../pin/pin.js';`],
    ['archive/nar.ts', `const later = await import('../prefetch/prefetch.js');`],
    ['registry/client.ts', `import {\n  a,\n  b,\n} from '../nix/hash.js';`],
  ] as const)('sees an upward arrow in %s', ([file, text]) => {
    expect(importsOf(file, text).filter(isUpward)).toHaveLength(1);
  });

  test.for([
    ['prefetch/nar.ts', `import { narHash } from '../archive/nar.js';`],
    ['cli/commands/pin.ts', `import { pin } from '../../library/images.js';\nimport { x } from '../report.js';`],
  ] as const)('lets a downward arrow and a neighbour pass in %s', ([file, text]) => {
    expect(importsOf(file, text).filter(isUpward)).toEqual([]);
  });

  test('sees a package abroad, also by one of its inner paths', () => {
    const text = `import yargs from 'yargs/helpers';\nimport { readFile } from 'node:fs/promises';`;
    expect(importsOf('oci/digest.ts', text).filter(isAbroad)).toHaveLength(2);
  });
});

function folderOf(path: string): string {
  return path.replace(/(?:\/.*|\.[jt]s)$/, '');
}

function isUpward({ file, target, isPackage }: SourceImport): boolean {
  // Templates are data that the build compiles, not a layer.
  if (isPackage || target.startsWith('..')) return false;
  const [from, to] = [folderOf(file), folderOf(target)];
  return from !== to && !ARROWS[from]?.includes(to);
}

function isAbroad({ file, target, isPackage }: SourceImport): boolean {
  if (!isPackage) return false;
  const name = Object.keys(HOMES).find((home) => target === home || target.startsWith(`${home}/`));
  // A package without an entry has no home yet; Node's own modules need none.
  return name === undefined ? !target.startsWith('node:') : !HOMES[name]?.test(file);
}

function describeImport({ file, target }: SourceImport): string {
  return `${file} imports ${target}`;
}

function code(file: string): string {
  return readSource(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
