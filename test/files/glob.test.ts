import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.js';
import { createGlob } from '../../src/files/glob.js';

const FOLDER = '/home/ada/[nix]';

const matches = (pattern: string, subject: { file?: string; images?: readonly string[] }): boolean =>
  createGlob([pattern], FOLDER)({ file: 'elsewhere/other.nix', images: [], ...subject });

describe('a pattern of images', () => {
  const nginx = ['nginx', 'docker.io/library/nginx'];
  test.each<[string, readonly string[], boolean]>([
    ['nginx', nginx, true],
    ['docker.io/library/nginx', nginx, true],
    ['docker.io/**', nginx, true],
    ['ngin?', nginx, true],
    ['[m-o]ginx', nginx, true],
    ['{redis,nginx}', nginx, true],
    ['*', nginx, true],
    ['**/nginx', nginx, true],
    ['nginx', ['bitnami/nginx', 'docker.io/bitnami/nginx'], false],
    ['*/nginx', ['bitnami/nginx', 'docker.io/bitnami/nginx'], true],
    ['**/nginx', ['ghcr.io/x/y/nginx'], true],
    ['*/nginx', ['ghcr.io/x/y/nginx'], false],
    ['ghcr.io/**', ['ghcr.io/x/y'], true],
    ['ghcr.io/*', ['ghcr.io/x/y'], false],
    ['ghcr.io/**', ['ghcr.io.example.org/x'], false],
    ['ngin', nginx, false],
    ['NGINX', nginx, false],
    ['localhost:5000/*', ['localhost:5000/x'], true],
    ['@(nginx)', nginx, false],
  ])('%s for %j: %s', (pattern, images, expected) => {
    expect(matches(pattern, { images })).toBe(expected);
  });
});

describe('a pattern of files', () => {
  test.each<[string, string, boolean]>([
    ['./hosts/**.nix', 'hosts/a.nix', true],
    ['./hosts/**.nix', 'hosts/x/y/a.nix', true],
    ['./hosts/**.nix', 'hosts/x/a.json', false],
    ['./hosts/**.nix', 'old/hosts/a.nix', false],
    ['./hosts/*.nix', 'hosts/x/a.nix', false],
    ['./hosts', 'hosts/x/a.nix', true],
    ['./hosts/', 'hosts/x/a.nix', true],
    ['./hosts', 'hosts-2/a.nix', false],
    ['./a.nix', 'a.nix', true],
    ['./a.nix', 'x/a.nix', false],
    ['a.nix', 'x/a.nix', true],
    ['*.json', 'x/sources.json', true],
    ['x/a.nix', 'x/a.nix', true],
    ['x/a.nix', 'y/x/a.nix', false],
    ['hosts/**', 'hosts/.hidden/a.nix', true],
    ['.', 'x/a.nix', true],
    ['.', '/etc/a.nix', false],
    ['..', '/home/ada/b.nix', true],
    ['../other/**', '/home/ada/other/b.nix', true],
    ['/etc/**', '/etc/nixos/a.nix', true],
    ['/etc', '/etc/nixos/a.nix', true],
    ['/', '/etc/nixos/a.nix', true],
    [`${FOLDER.replace(/[[\]]/g, '\\$&')}/x`, 'x/a.nix', true],
    ['redis*', 'redis.nix', false],
    ['hosts', 'hosts/a.nix', false],
  ])('%s for %s: %s', (pattern, file, expected) => {
    expect(matches(pattern, { file })).toBe(expected);
  });

  test.each(['./nginx', 'nginx.nix', '/nginx'])('says nothing of images: %s', (pattern) => {
    expect(matches(pattern, { images: ['nginx', 'nginx.nix', './nginx', '/nginx'] })).toBe(false);
  });
});

test('one matching pattern of several is enough; without patterns nothing matches', () => {
  const subject = { file: 'a.nix', images: ['nginx'] };
  expect(createGlob(['redis', 'nginx'], FOLDER)(subject)).toBe(true);
  expect(createGlob(['redis', './b.nix'], FOLDER)(subject)).toBe(false);
  expect(createGlob([], FOLDER)(subject)).toBe(false);
});

test.each(['', '!nginx', '!(nginx)', '!./hosts', '('.repeat(8000), '*'.repeat(70_000), './{a,b}'.repeat(99)])(
  '%s is not a pattern',
  (pattern) => {
    expect(() => createGlob([pattern], FOLDER)).toThrow(UsageError);
  },
);

test.each([
  'a*'.repeat(499),
  './**/a'.repeat(160),
  '*?'.repeat(500),
  '('.repeat(1000),
  '{'.repeat(1000),
  '[a-'.repeat(333),
])(
  '%s ends on a name that almost fits',
  (pattern) => {
    const name = `${'a/'.repeat(2000)}${'a'.repeat(2000)}b`;
    expect(matches(pattern, { file: name, images: [name] })).toBeTypeOf('boolean');
  },
  5000,
);
