import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type ArchiveLayout, OLD_ARCHIVE_LAYOUT } from '../../src/archive/archive-layout.js';
import { archiveName, archiveTail, layerHeader } from '../../src/archive/docker-archive.js';
import { tarPadding } from '../../src/archive/tar.js';
import { UsageError } from '../../src/errors.js';
import { digestOf } from '../../src/oci/verified.js';

const C1 = '{"architecture":"amd64","os":"linux"}';
const CE = `{ "os": "linux", "config": {"Cmd": ["a<b>&c", "\u2028"], "n": 1.50E+02, "k": {"b":1,"a":2} }, "architecture": "arm64", "os": "second" }\n`;
const CA =
  '{"os":"linux","docker_version":"20.10","created":"2020-01-01T00:00:00Z","container_config":{"Cmd":["b"]},"container":"c0ffee","config":{"Cmd":["a"]},"architecture":"amd64","author":"ignored"}';
const H = 'hello\n';
const W = 'world\n';

/** The archive of layers that are not compressed, each written once. */
function archive(layers: string[], config: string, [name, tag]: [string, string], layout?: ArchiveLayout): Uint8Array {
  const written = [...new Set(layers)].flatMap((layer) => {
    const bytes = Buffer.from(layer);
    return [layerHeader(digestOf(bytes), bytes.length), bytes, tarPadding(bytes.length)];
  });
  const tail = archiveTail({
    config: { digest: digestOf(config), bytes: Buffer.from(config) },
    layers: layers.map((layer) => digestOf(layer)),
    name: archiveName(name, tag),
    layout,
  });
  return Buffer.concat([...written, tail]);
}

/** The hashes were taken of what skopeo 1.9 to 1.22 wrote. */
const VECTORS: [string, string[], string, [string, string], number, string][] = [
  [
    'no layers',
    [],
    '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
    ['example/zero', '1'],
    4096,
    'dce54605ef1c610fd99fa95063d6954683f50d194fbeff97a83e0bec5b8174fe',
  ],
  [
    'one layer',
    [H],
    C1,
    ['example/one', '1'],
    7680,
    '3de76e58842a50af2409cd27961b77ab98e3a51a7221d21919c214acde1e7be1',
  ],
  [
    'two layers',
    [H, W],
    C1,
    ['example/two', '1'],
    11264,
    '69d7760646fdfa05182bf0e68486505f3c421d6c1ee2f4edd7537674b26502d9',
  ],
  [
    'a repeated layer',
    [H, W, H],
    C1,
    ['example/dup', '1'],
    13824,
    '55a5503c4c37c5ad9857fb8e9f54990e220fc9410c2437a6ccb6f0cfa5937de0',
  ],
  [
    'an empty layer',
    [''],
    C1,
    ['nginx', 'latest'],
    7168,
    '399e808ab28189c7f3e00b0701b8f53c2f1e0811392469a676b520379d8a8091',
  ],
  [
    'a layer of one block',
    ['a'.repeat(512)],
    C1,
    ['ghcr.io/example/x', 'V1'],
    7680,
    '7effb0ff5a59b84b598ab3b61d46c38d9a5495a344bc379093db0398176face4',
  ],
  [
    'a config that Go escapes',
    [H],
    CE,
    ['localhost:5000/esc', '1'],
    7680,
    '3851420defb62d37d4505e04a2c115f96e80a7bb754905aff854ac934cdae597',
  ],
  [
    'a config with every legacy key',
    [H, W],
    CA,
    ['docker.io/example/all', '1'],
    11264,
    'e0d497e025c64853f4db9b64b3772761d1b43b6cb7087eeab0783f68b2101d07',
  ],
  [
    'a config that is null',
    [H],
    'null',
    ['quay.io/example/null', '1'],
    7680,
    '57cad66c7c1eb2bc265b2886284cbb092d5adfe80da0499e5edcba312f4983b3',
  ],
];

test.each(VECTORS)('the archive of an image with %s is skopeo’s', (_, layers, config, name, size, sha256) => {
  const bytes = archive(layers, config, name);
  expect(bytes.length).toBe(size);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
});

/** The hashes were taken of what skopeo 0.1.40 and 1.1.1 wrote, both the same. */
const OLD_VECTORS: [string, string[], string, string, number, string][] = [
  [
    'no layers',
    [],
    '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
    'zero',
    3072,
    '0245042d5a51cbd45fbaaa5c84d69cebb0f8f164fd04ba639d969abcf2ca4b14',
  ],
  ['one layer', [H], C1, 'one', 7680, 'b77857ccf18fe52fa64075e73a754031280eaf4fe813be6b89ccebdf7f9664cf'],
  ['two layers', [H, W], C1, 'two', 11264, '1f91201e52d2395e055337fb22adb27714fcd227a7a58a72254bb29bcd0bd406'],
  ['a repeated layer', [H, W, H], C1, 'dup', 13824, 'f65c25015b583546b2255493ef7953abd78aaea2be5272fe577dddf88d826407'],
  ['a config that Go escapes', [H], CE, 'ce', 7680, '668e9c37d2883f0a6a098d98fa2643b3268a0e79d387e3a512476daaf68f5f85'],
  [
    'a config with every legacy key',
    [H, W],
    CA,
    'ca',
    11264,
    '489e86a83023068bf111b8812b9b80277f2c8fa77d03a513b448519827ca8140',
  ],
];

test.each(OLD_VECTORS)(
  'the archive of an image with %s in the old layout is that of skopeo before 1.2',
  (_, layers, config, name, size, sha256) => {
    const bytes = archive(layers, config, [`example/${name}`, '1'], OLD_ARCHIVE_LAYOUT);
    expect(bytes.length).toBe(size);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
  },
);

describe('the name inside the archive', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx'],
    ['foo/bar', 'docker.io/foo/bar'],
    ['my_org.io/app', 'my_org.io/app'],
    ['my_org/app', 'docker.io/my_org/app'],
    ['my_org.io', 'docker.io/library/my_org.io'],
    ['index.docker.io/nginx', 'docker.io/library/nginx'],
    ['registry-1.docker.io/library/nginx', 'registry-1.docker.io/library/nginx'],
    ['127.0.0.1:5000/x/y', '127.0.0.1:5000/x/y'],
  ])('%s is written as %s', (name, normalised) => {
    expect(archiveName(name, '1')).toEqual({ name: normalised, tag: '1' });
  });

  test.each([
    ['a:80', '1'],
    ['Nginx', '1'],
    ['a', ''],
    ['a', '-x'],
    ['a', 'x'.repeat(129)],
    [`a@sha256:${'0'.repeat(64)}`, '1'],
    ['[::1]:5000/a', '1'],
  ])('%s:%s is refused, as skopeo refuses it', (name, tag) => {
    expect(() => archiveName(name, tag)).toThrow(UsageError);
  });

  test.each([
    ['a', '-x', "'a:-x' is not an image name: its tag '-x' is not one"],
    [
      '[::1]:5000/a',
      '1',
      "'[::1]:5000/a' cannot name an archive, because skopeo refuses IPv6 addresses: choose a --final-name",
    ],
  ])('%s:%s is refused with a reason', (name, tag, reason) => {
    expect(() => archiveName(name, tag)).toThrow(reason);
  });
});
