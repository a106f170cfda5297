import { describe, expect, test } from 'vitest';
import { archiveLayers, downloadSize, isForeignLayer, ManifestError, parseManifest } from '../../src/oci/manifest.js';
import { digestOf } from '../../src/oci/verified.js';
import { DOCKER, image, index, OCI } from '../support/images.js';

const DIGEST = digestOf('blob');
const CONFIG = { mediaType: OCI.config, digest: DIGEST, size: 4 };
const LAYER = { mediaType: `${OCI.layer}+gzip`, digest: DIGEST, size: 9 };

function parse(body: unknown, mediaType: string = OCI.manifest) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return parseManifest({ bytes, mediaType, digest: digestOf(bytes) });
}

function failure(body: unknown, mediaType?: string): ManifestError {
  try {
    parse(body, mediaType);
  } catch (error) {
    if (error instanceof ManifestError) return error;
    throw error;
  }
  throw new TypeError('it was accepted');
}

describe('what a manifest is depends on its Content-Type alone', () => {
  test.each([
    [OCI.manifest, { config: CONFIG, layers: [] }, 'image', 'oci'],
    [DOCKER.manifest, { mediaType: DOCKER.manifest, config: CONFIG, layers: [] }, 'image', 'docker'],
    [OCI.index, { manifests: [] }, 'index', 'oci'],
    [DOCKER.index, { manifests: [] }, 'index', 'docker'],
    [OCI.index, { mediaType: OCI.manifest, manifests: [] }, 'index', 'oci'],
    [OCI.manifest, { mediaType: OCI.index, config: CONFIG }, 'image', 'oci'],
  ])('%s with %j', (mediaType, body, type, format) => {
    expect(parse(body, mediaType)).toMatchObject({ type, format });
  });

  test.each([
    ['', /sent with no media type/],
    ['application/json', /sent with the media type 'application\/json'/],
    ['text/plain\u001b[2J', /text\/plain\ufffd\[2J/],
    ['application/vnd.docker.distribution.manifest.v1+json', /obsolete docker schema 1/],
    ['application/vnd.docker.distribution.manifest.v1+prettyjws', /obsolete docker schema 1/],
  ])('%j is not a manifest', (mediaType, words) => {
    expect(failure({ config: CONFIG, layers: [] }, mediaType).message).toMatch(words);
  });
});

describe('what belongs to another kind makes a manifest ambiguous, even when it is empty', () => {
  test.each([
    [OCI.manifest, 'manifests', []],
    [OCI.manifest, 'fsLayers', {}],
    [OCI.manifest, 'history', 'x'],
    [OCI.manifest, 'FSLAYERS', []],
    [DOCKER.manifest, 'manifests', []],
    [OCI.index, 'config', {}],
    [OCI.index, 'layers', []],
    [DOCKER.index, 'Layers', []],
  ])('%s with %s', (mediaType, key, value) => {
    expect(failure({ mediaType, [key]: value }, mediaType).message).toMatch(/belongs to another kind of manifest/);
  });

  test('null does not make it ambiguous', () => {
    expect(parse({ config: CONFIG, layers: null, manifests: null, history: null })).toMatchObject({ layers: [] });
  });
});

describe('the fields are read as Go reads them', () => {
  test('keys match in upper and lower case', () => {
    const body = { CONFIG: { MEDIATYPE: OCI.config, Digest: DIGEST, sizE: 4 }, laYers: [LAYER] };
    expect(parse(body)).toMatchObject({ config: { digest: DIGEST, size: 4 }, layers: [{ digest: DIGEST }] });
  });

  test('the fields of a layer are kept, and null counts as absent', () => {
    const layer = { ...LAYER, urls: ['https://x.example/', null], annotations: { a: 'b', c: null } };
    expect(parse({ config: CONFIG, layers: [layer] })).toMatchObject({
      layers: [{ urls: ['https://x.example/', ''], annotations: { a: 'b', c: '' } }],
    });
    expect(parse({ config: CONFIG, layers: [{ ...LAYER, size: null, urls: null, annotations: null }] })).toMatchObject({
      layers: [{ size: 0, urls: [], annotations: {} }],
    });
  });

  test('an annotation called __proto__ is an annotation', () => {
    const layer = `{"digest":"${DIGEST}","annotations":{"__proto__":"x"}}`;
    const manifest = parse(`{"config":${JSON.stringify(CONFIG)},"layers":[${layer}]}`);
    const [first] = manifest.type === 'image' ? manifest.layers : [];
    expect(Object.entries(first?.annotations ?? {})).toEqual([['__proto__', 'x']]);
  });

  test.each<[unknown, RegExp]>([
    ['{', /is not what its media type says: not valid JSON/],
    ['', /not valid JSON/],
    ['[]', /the manifest is array, not an object/],
    ['"x"', /the manifest is string/],
    [{}, /the digest of config is ''/],
    [{ config: [] }, /config is array, not an object/],
    [{ config: { ...CONFIG, digest: 7 } }, /config\.digest is number, not a string/],
    [{ config: { ...CONFIG, size: '4' } }, /config\.size is string, not an integer/],
    [`{"config":{"digest":"${DIGEST}","size":4.0}}`, /config\.size is number, not an integer/],
    [{ config: CONFIG, layers: {} }, /layers is object, not an array/],
    [{ config: CONFIG, layers: ['x'] }, /layers\[0\] is string, not an object/],
    [
      { config: CONFIG, layers: [LAYER, { ...LAYER, digest: 'sha256:ABC' }] },
      /the digest of layers\[1\] is 'sha256:ABC'/,
    ],
    [{ config: CONFIG, layers: [{ ...LAYER, digest: `sha384:${'0'.repeat(96)}` }] }, /the digest of layers\[0\]/],
    [{ config: CONFIG, layers: [{ ...LAYER, urls: [7] }] }, /layers\[0\]\.urls\[0\] is number/],
    [{ config: CONFIG, layers: [{ ...LAYER, annotations: { a: 1 } }] }, /layers\[0\]\.annotations is number/],
    [{ config: CONFIG, schemaVersion: 'x' }, /schemaVersion is string/],
    [`{"config":${JSON.stringify(CONFIG)},"Config":${JSON.stringify(CONFIG)}}`, /config is there twice/i],
    [`{"config":${JSON.stringify(CONFIG)},"manifests":[],"manifests":null}`, /manifests is there twice/],
    [`{"config":${JSON.stringify(CONFIG)},"mediaType":"a","mediaType":"b"}`, /mediaType is there twice/],
  ])('%j is refused', (body, words) => {
    const { message, digest } = failure(body);
    expect(message).toMatch(words);
    expect(message).toContain(`manifest ${digest} is not what its media type says`);
    expect(message).not.toMatch(/\p{C}/u);
  });

  test('a number that is too large to be exact is refused, not rounded', () => {
    expect(failure(`{"config":{"digest":"${DIGEST}","size":9007199254740993}}`).message).toMatch(/size is number/);
  });
});

describe('a Docker manifest says its own type, and has layers of known types', () => {
  const body = (mediaType: string, layer: string) => ({
    mediaType,
    config: CONFIG,
    layers: [{ ...LAYER, mediaType: layer }],
  });

  test.each([`${DOCKER.layer}.gzip`, DOCKER.layer, `${DOCKER.layer}.zstd`, DOCKER.config, DOCKER.index])(
    '%s',
    (layer) => {
      expect(parse(body(DOCKER.manifest, layer), DOCKER.manifest)).toMatchObject({ layers: [{ mediaType: layer }] });
    },
  );

  test.each([`${OCI.layer}+gzip`, '', `${DOCKER.layer}.foreign`, 'application/octet-stream'])(
    '%j is refused',
    (layer) => {
      expect(failure(body(DOCKER.manifest, layer), DOCKER.manifest).message).toContain(`has the media type '${layer}'`);
    },
  );

  test.each(['', OCI.manifest])('its own mediaType %j is refused', (mediaType) => {
    expect(failure(body(mediaType, DOCKER.layer), DOCKER.manifest).message).toContain(`mediaType is '${mediaType}'`);
  });
});

test('the entries of an index keep what was written, valid or not', () => {
  const child = image({ config: '{}', layers: [] });
  const content = index([
    { image: child, platform: { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1' } },
    { image: child, platform: { os: 'linux', architecture: 'arm64', variant: '' } },
    { image: child, platform: {} },
    { image: child, platform: null, annotations: { a: 'b' } },
  ]);
  const parsed = parseManifest(content.root);
  const entry = { digest: child.root.digest, mediaType: OCI.manifest, size: child.root.bytes.length, annotations: {} };
  expect(parsed).toMatchObject({ type: 'index' });
  expect(parsed.type === 'index' && parsed.entries).toEqual([
    { ...entry, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
    { ...entry, platform: { os: 'linux', architecture: 'arm64' } },
    { ...entry, platform: { os: '', architecture: '' } },
    { ...entry, annotations: { a: 'b' } },
  ]);
  expect(parse({ manifests: [{ digest: 'nonsense' }, null] }, OCI.index)).toMatchObject({
    entries: [{ digest: 'nonsense' }, { digest: '' }],
  });
});

test('a download counts each blob once, and no negative sizes', () => {
  const [one, two] = [digestOf('1'), digestOf('2')];
  const layers = [
    { ...LAYER, digest: one, size: 10 },
    { ...LAYER, digest: two, size: -1 },
    { ...LAYER, digest: one, size: 10 },
  ];
  const manifest = parse({ config: CONFIG, layers });
  expect(manifest.type === 'image' && downloadSize(manifest)).toBe(14);
});

test('an archive has layers as they unpack, and those that skopeo does not know as they are', () => {
  const types = [`${OCI.layer}+gzip`, OCI.layer, `${OCI.layer}+bzip2`, 'text/plain'];
  const manifest = parse({ config: CONFIG, layers: types.map((mediaType) => ({ ...LAYER, mediaType })) });
  expect(manifest.type === 'image' && archiveLayers(manifest)).toEqual(
    [true, true, false, false].map((unpack) => ({ digest: DIGEST, unpack })),
  );
});

test.each([
  [undefined, false],
  [[], false],
  [['ftp://a.example/x'], false],
  [['x https://a.example/x'], false],
  [['ftp://a.example/x', 'HTTPS://a.example/x'], true],
  [['http://a.example/x'], true],
])('a layer with the addresses %j comes from there: %s', (urls, isForeign) => {
  expect(isForeignLayer({ digest: DIGEST, mediaType: '', size: 1, ...(urls && { urls }) })).toBe(isForeign);
});
