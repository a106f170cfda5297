import { describe, expect, test } from 'vitest';
import { findPins } from '../../../src/nix/find/find-pins.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** Each pin of a program as `form name:tag`. */
function pinsOf(source: string): string[] {
  const { sites } = findPins(`# sha256:\n${source}`, { path: 'a.nix' });
  return sites.map(({ form, imageName, tag }) => `${form} ${imageName.text}:${tag?.text ?? ''}`);
}

const NAMES = ['imageName', 'repository', 'image'];
const TAGS = ['tag', 'imageTag'];
const DIGESTS = ['imageDigest', 'digest'];

describe('an image in several attributes', () => {
  const pairs = NAMES.flatMap((name) => DIGESTS.map((digest) => [name, digest] as const));

  test.each(pairs)('has its name in %s and its digest in %s', (name, digest) => {
    const found = [expect.stringMatching(/^(?:oci-set|arguments) acme\/web:$/)];
    expect(pinsOf(`{ ${name} = "acme/web"; ${digest} = "${DIGEST}"; }`)).toEqual(found);
    expect(pinsOf(`{ x.${name} = "acme/web"; x.${digest} = "${DIGEST}"; }`)).toEqual(found);
    expect(pinsOf(`{ "${name}" = "acme/web"; "${digest}" = "${DIGEST}"; }`)).toEqual(found);
    expect(pinsOf(`let ${digest} = "${DIGEST}"; in { ${name} = "acme/web"; inherit ${digest}; }`)).toEqual(found);
    for (const tag of TAGS)
      expect(pinsOf(`{ ${name} = "acme/web"; ${digest} = "${DIGEST}"; ${tag} = "1.2"; }`)).toEqual([
        expect.stringMatching(/ acme\/web:1\.2$/),
      ]);
  });

  test.each(NAMES.flatMap((name) => TAGS.map((tag) => [name, tag] as const)))(
    'has its name in %s and its digest behind the tag in %s',
    (name, tag) => {
      const found = ['oci-set acme/web:1.2'];
      expect(pinsOf(`{ ${name} = "acme/web"; ${tag} = "1.2@${DIGEST}"; }`)).toEqual(found);
      expect(pinsOf(`{ x.${name} = "acme/web"; x.${tag} = "1.2@${DIGEST}"; }`)).toEqual(found);
      expect(pinsOf(`{ x.y.${name} = "acme/web"; z = 1; x.y.${tag} = "1.2@${DIGEST}"; }`)).toEqual(found);
      expect(pinsOf(`let ${tag} = "1.2@${DIGEST}"; in { ${name} = "acme/web"; inherit ${tag}; }`)).toEqual(found);
      expect(pinsOf(`{ ${name} = "acme/web"; ${tag} = "@${DIGEST}"; }`)).toEqual(['oci-set acme/web:']);
    },
  );

  test.each([
    ['a registry', '{ registry = "quay.io"; repository = "acme/web"; tag = "1"; digest = D; }', 'quay.io/acme/web:1'],
    ['an empty registry', '{ registry = ""; repository = "acme/web"; tag = "1"; digest = D; }', 'acme/web:1'],
    [
      'a registry with a port',
      '{ registry = "a.b:5000"; repository = "web"; tag = "1"; digest = D; }',
      'a.b:5000/web:1',
    ],
    ['a tag behind the image', '{ image = "acme/web:1.2"; digest = D; }', 'acme/web:1.2'],
    ['two tags, of which its own wins', '{ image = "acme/web:1.2"; tag = "1.3"; digest = D; }', 'acme/web:1.3'],
    [
      'two tags, of which the first wins',
      '{ image = "acme/web"; tag = "1"; imageTag = "2"; digest = D; }',
      'acme/web:1',
    ],
    ['an empty tag', '{ image = "acme/web"; tag = ""; imageTag = "2"; digest = D; }', 'acme/web:2'],
    ['two names, of which the clearer wins', '{ image = "x/y"; repository = "acme/web"; digest = D; }', 'acme/web:'],
    ['an empty name', '{ repository = ""; image = "acme/web"; digest = D; }', 'acme/web:'],
    ['two digests', `{ image = "acme/web"; tag = "1@${DIGEST}"; digest = "sha256:${'b'.repeat(64)}"; }`, 'acme/web:1'],
  ])('may have %s', (_, source, expected) => {
    expect(pinsOf(source.replace('= D;', `= "${DIGEST}";`))).toEqual([`oci-set ${expected}`]);
  });

  test.each([
    ['without a name', '{ tag = "1"; digest = D; }'],
    ['with a name of another kind', '{ container = "acme/web"; tag = "1"; digest = D; }'],
    ['without a digest', '{ image = "acme/web"; tag = "1"; }'],
    ['with an empty digest', '{ image = "acme/web"; tag = "1"; digest = ""; }'],
    ['with a digest of another kind', '{ image = "acme/web"; checksum = D; }'],
    ['with a name that is none', '{ image = "not an image"; digest = D; }'],
    ['with a path in place of a name', '{ image = ./disk.img; digest = D; }'],
    ['with a tag that is none', '{ image = "acme/web"; tag = "-1@D"; }'],
  ])('is no pin %s', (_, source) => {
    expect(pinsOf(source.replace('= D;', `= "${DIGEST}";`))).toEqual([]);
  });

  test.each(['imageDigest', 'digest'])(
    'is no pin where its %s cannot be followed, and the digest there is noticed',
    (name) => {
      const source = `{ f }: { repository = "acme/web"; tag = "1"; ${name} = f "${DIGEST}"; }`;
      const { sites, problems } = findPins(source, { path: 'a.nix' });
      expect(sites).toEqual([]);
      expect(problems).toMatchObject([{ code: 'unrecognised', imageDigest: DIGEST }]);
    },
  );

  test('may have a placeholder as its imageDigest, and none as its digest', () => {
    expect(pinsOf('{ image = "acme/web"; imageDigest = ""; hash = ""; }')).toEqual(['arguments acme/web:']);
    expect(pinsOf('{ image = "acme/web"; digest = ""; hash = ""; }')).toEqual([]);
  });
});
