// biome-ignore-all lint/suspicious/noTemplateCurlyInString: YAML files have variables of their own
import { describe, expect, test } from 'vitest';
import { findInFiles } from '../../src/list/find.js';
import { toListedPin } from '../../src/list/listed-pin.js';
import { loadParsers } from '../../src/text/load-parsers.js';

const [A, B] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];
const HASH = `${'0'.repeat(51)}x`;

/** The pins of a file as `LINE NAME:TAG state`, and its problems as `LINE code`. */
async function found(path: string, text: string, withUnpinned = false) {
  const files = [{ path, text }];
  await loadParsers(files, withUnpinned);
  const { sites, problems } = findInFiles({ files, withUnpinned });
  return {
    pins: sites.map((site) => {
      const { line, imageName, follows, state } = toListedPin(site);
      return `${line} ${imageName}:${follows ?? '-'} ${state}${site.hold ? ' held' : ''}`;
    }),
    problems: problems.map(({ line, code }) => `${line} ${code}`),
  };
}

describe('images in YAML', () => {
  test.each([
    ['a service of Compose', `services:\n  web:\n    image: nginx:1.27@${A}\n`, ['3 nginx:1.27 tracked']],
    [
      'an extension of Compose',
      `x-web: &web\n  image: 'nginx:1.27@${A}'\nservices:\n  web: *web\n`,
      ['2 nginx:1.27 tracked'],
    ],
    [
      'containers of Kubernetes',
      `kind: CronJob\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - name: a\n            image: a/b:1@${A}\n          initContainers: [{image: "c/d:2@${B}"}]\n          ephemeralContainers:\n          - image: localhost:5000/e:3@${A}\n`,
      ['9 a/b:1 tracked', '10 c/d:2 tracked', '12 localhost:5000/e:3 tracked'],
    ],
    [
      'several documents',
      `image: a:1@${A}\n---\nkind: Pod\n---\nimage: b:2@${A}\n`,
      ['1 a:1 tracked', '5 b:2 tracked'],
    ],
    ['no tag', `image: a/b@${A}\n`, ['1 a/b:- untracked']],
    ['a key that is a tag', `"1.27": docker.io/nginx@${A}\n`, ['1 docker.io/nginx:1.27 tracked']],
    [
      'parts, as in Helm',
      `image:\n  registry: ghcr.io\n  repository: a/b\n  tag: v1.2\n  digest: ${A}\n`,
      ['2 ghcr.io/a/b:v1.2 tracked'],
    ],
    ['a digest behind the tag', `image: {repository: a/b, tag: "1.2@${A}"}\n`, ['1 a/b:1.2 tracked']],
    ['an empty digest, as in Helm', 'image: {repository: a/b, tag: "1.2", digest: ""}\nx: pullpin:', []],
    ['a tag that is a number', `image:\n  repository: a/b\n  tag: 16\n  digest: ${A}\n`, ['2 a/b:16 tracked']],
    [
      'a tag that YAML reads as another',
      `image:\n  repository: a/b\n  tag: 1.10\n  digest: ${A}\n`,
      ['2 a/b:1.10 tracked held'],
    ],
    [
      'the keys of nix-prefetch-docker',
      `imageName: a/b\nimageDigest: ${A}\nhash: ${HASH}\nfinalImageTag: "1"\n`,
      ['1 a/b:1 tracked'],
    ],
    ['an anchor', `image: &x a:1@${A}\nother: *x\n`, ['1 a:1 tracked']],
    [
      'parts by an alias',
      `a: &a {repository: a, tag: "1", digest: ${A}}\nb: {<<: *a, tag: "2"}\nc: {<<: *a}\n`,
      // The third is the first, and moves with it; that the second stays keeps both where they are.
      ['1 a:1 tracked', '2 a:2 tracked held'],
    ],
    ['a digest by an alias', `d: &d ${A}\nb: {repository: a, tag: "2", digest: *d}\n`, ['2 a:2 tracked held']],
    ['a version behind it', `image: a/b@${A} # v1.2.3\n`, ['1 a/b:v1.2.3 tracked']],
  ])('%s', async (_, text, pins) => {
    expect(await found('a.yaml', text)).toEqual({ pins, problems: [] });
  });

  test.each([
    ['a block', `image: >-\n  a:1@${A}\n`, ['1 unrecognised']],
    [
      'a file within a file',
      `data:\n  compose.yaml: |\n    a:\n      image: a:1@${A}\n      b:2@${B}\n`,
      ['4 unrecognised', '5 unrecognised'],
    ],
    ['escapes', `image: "a:1\\u0040${A}"\n`, ['1 unrecognised']],
    ['a tag of its own', `image: !x a:1@${A}\n`, ['1 unrecognised']],
    ['a variable in the tag', `image: a:\${TAG}@${A}\n`, ['1 unrecognised']],
    ['an address', `uses: docker://a@${A}\n`, ['1 unrecognised']],
    ['a variable in front', `image: "\${REGISTRY}/a:1@${A}"\n`, ['1 unrecognised']],
    ['a default of a variable', `image: \${IMAGE:-a:1@${A}}\n`, ['1 unrecognised']],
    ['a template in a string', `image: "{{ .Values.image }}@${A}"\n`, ['1 unrecognised']],
    [
      'a template',
      `{{- if .x }}\nimage: a:1@${A}\n{{- end }}\ndigest: ${B}\nsum: ${B}\n`,
      ['2 unrecognised', '4 unrecognised'],
    ],
    ['text that is no YAML', `a: b: c\nimage: a:1@${A}\n`, ['2 unrecognised']],
    ['a digest without a name', `image: {name: a, digest: ${A}}\n`, ['1 unrecognised']],
    ['half a digest', `image: a:1@sha256:${'a'.repeat(61)}\nx: "pullpin:"\n`, ['1 malformed-reference']],
    ['a directive without a pin', '# pullpin: freeze\na: b\n', ['1 stray-directive']],
    ['a wrong directive', `# pullpin: a b\nimage: a:1@${A}\n`, ['1 malformed-directive']],
  ])('%s is reported', async (_, text, problems) => {
    expect((await found('a.yml', text)).problems).toEqual(problems);
  });

  test.each([
    ['digests of other things', `files:\n  a.tar: ${A}\nchecksum: sha256:${'b'.repeat(64)}\ndigest: ${A}\n`],
    ['text that is no YAML and has no digest', 'a: b: c # pullpin: freeze'],
    ['an empty file', ''],
  ])('%s are no pins and no problems', async (_, text) => {
    expect(await found('a.yaml', text)).toEqual({ pins: [], problems: [] });
  });
});

describe('directives in YAML', () => {
  test.each([
    ['beside an image', `a: x:1@${A} # pullpin: freeze\nb: x:1@${B}\n`, ['1 x:1 frozen', '2 x:1 tracked']],
    ['above an image', `a:\n  # pullpin: 2\n  image: x:1@${A}\nb: x:1@${B}\n`, ['3 x:2 tracked', '4 x:1 tracked']],
    [
      'above an item',
      `a:\n# pullpin: freeze\n- image: x:1@${A}\n- image: x:1@${B}\n`,
      ['3 x:1 frozen', '4 x:1 tracked'],
    ],
    [
      'at the dash of an item',
      `a:\n- # pullpin: freeze\n  image: x:1@${A}\n- image: x:1@${B}\n`,
      ['3 x:1 frozen', '4 x:1 tracked'],
    ],
    [
      'above a group',
      `z: 1\n# pullpin: freeze\na:\n  b: {image: x:1@${A}}\n  c: {image: x:1@${B}}\nd: x:1@${A}\n`,
      ['4 x:1 frozen', '5 x:1 frozen', '6 x:1 tracked'],
    ],
    [
      'beside the key of a group',
      `a: # pullpin: freeze\n  b: {image: x:1@${A}}\n  c: {image: x:1@${B}}\nd: x:1@${A}\n`,
      ['2 x:1 frozen', '3 x:1 frozen', '4 x:1 tracked'],
    ],
    [
      'above the first line, which has no image',
      `# pullpin: freeze\nkind: Pod\nspec: x:1@${A}\n---\nspec: x:1@${B}\n`,
      ['3 x:1 frozen', '5 x:1 tracked'],
    ],
    [
      'above the first key, which has one',
      `# pullpin: freeze\na: x:1@${A}\nb: x:1@${B}\n`,
      ['2 x:1 frozen', '3 x:1 tracked'],
    ],
    ['above a document', `# pullpin: freeze\n---\na: x:1@${A}\nb: x:1@${B}\n`, ['3 x:1 frozen', '4 x:1 frozen']],
    ['within parts', `image:\n  # pullpin: 1.27\n  repository: a\n  digest: ${A}\n`, ['3 a:1.27 tracked']],
    [
      'behind the last of a group',
      `a:\n  b: x:1@${A}\n  c: x:1@${B} # pullpin: freeze\n`,
      ['2 x:1 tracked', '3 x:1 frozen'],
    ],
  ])('%s', async (_, text, pins) => {
    expect(await found('a.yaml', text)).toEqual({ pins, problems: [] });
  });
});

describe('images in TOML', () => {
  test.each([
    ['strings', `a = "x:1@${A}"\n[b.c]\nimage = 'y:2@${B}'\n`, ['1 x:1 tracked', '3 y:2 tracked']],
    [
      'the keys of nix-prefetch-docker',
      `[a]\nimageName = "x"\nimageDigest = "${A}"\nhash = "${HASH}"\nfinalImageTag = "1"\n`,
      ['1 x:1 tracked'],
    ],
    ['tables that stand apart', `[a.b]\nrepository = "x"\n[c]\n[a]\nimage = "y:1@${A}"\n`, ['5 y:1 tracked']],
    ['lists of tables', `[[a]]\nrepository = "x"\ntag = "1"\ndigest = "${A}"\n`, ['1 x:1 tracked']],
    [
      'a comment above a table',
      `# pullpin: freeze\n[a.b]\nimage = "x:1@${A}"\n[a.c]\nimage = "x:1@${B}"\n`,
      ['3 x:1 frozen', '5 x:1 tracked'],
    ],
    [
      'a comment beside a header',
      `[a] # pullpin: freeze\nb = "x:1@${A}"\nc = "x:1@${B}"\n`,
      ['2 x:1 frozen', '3 x:1 frozen'],
    ],
    ['a tag above a line', `# pullpin: 7.4\nimage = "x@${A}"\n`, ['2 x:7.4 tracked']],
  ])('%s', async (_, text, pins) => {
    expect(await found('a.toml', text)).toEqual({ pins, problems: [] });
  });

  test('text that is no TOML has only its digests reported', async () => {
    expect(await found('a.toml', `image = x:1@${A}\n`)).toEqual({ pins: [], problems: ['1 unrecognised'] });
  });
});

describe('images without a digest', () => {
  test.each([
    ['a service', 'services:\n  a:\n    image: x:1\n', ['3 x:1 unpinned']],
    [
      'containers',
      'spec:\n  containers:\n  - {name: a, image: "x:1"}\n  initContainers:\n  - image: y:2\n',
      ['3 x:1 unpinned', '5 y:2 unpinned'],
    ],
    ['a frozen service', 'services:\n  a:\n    image: x:1 # pullpin: freeze\n', ['3 x:1 frozen']],
    ['a text under a directive', '# pullpin: 7.4\ncache: redis\n', ['2 redis:7.4 unpinned']],
    ['what is built here', 'services:\n  a:\n    build: .\n    image: x:1\n', []],
    ['what is never pulled', 'services:\n  a:\n    image: x:1\n    pull_policy: never\n', []],
    ['other keys', 'image: x:1\nservices:\n  a:\n    command: x:1\n    b: {image: x:1}\n', []],
    ['variables and blocks', 'services:\n  a:\n    image: x:${TAG}\n  b:\n    image: >-\n      x:1\n', []],
    ['no tag', 'services:\n  a:\n    image: x\n', []],
  ])('%s', async (_, text, pins) => {
    expect((await found('compose.yml', text, true)).pins).toEqual(pins);
  });
});

describe('four times the text takes about four times the time', () => {
  const texts: Record<string, (size: number) => string> = {
    'many images': (size) => `a:\n${`- image: x:1@${A} # y\n`.repeat(size)}`,
    'many images under one long comment': (size) => `# ${'x'.repeat(size * 10)}\na:\n${`- x:1@${A}\n`.repeat(size)}`,
    'many images in many maps': (size) =>
      `${Array.from({ length: size }, (_, at) => `k${at}: {image: x:1@${A}}`).join('\n')}\n`,
    'merges of a large map': (size) =>
      `a: &a\n${Array.from({ length: size }, (_, at) => `  k${at}: x`).join('\n')}\nb:\n${`- {<<: *a, digest: ${A}}\n`.repeat(size)}`,
    'merges of merges': (size) =>
      `a0: &a0 {digest: ${A}}\n${Array.from({ length: size }, (_, at) => `a${at + 1}: &a${at + 1} {<<: [*a${at}, *a${at}], x: y}`).join('\n')}\n`,
    'digests in one block': (size) => `a: |\n${`  x@${A}\n`.repeat(size)}`,
    'digests in no YAML': (size) => `a: b: c\n${`x@${A}\n`.repeat(size)}`,
  };
  test.each(Object.entries(texts))('%s', async (_, write) => {
    const time = async (size: number) => {
      const text = write(size);
      const before = process.cpuUsage();
      await found('a.yaml', text);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    await time(200);
    let ratio = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < 4 && ratio > 11; attempt++)
      ratio = Math.min(ratio, (await time(4000)) / Math.max(await time(1000), 20));
    expect(ratio).toBeLessThan(11);
  });
});

describe('a key that names a system says the platform of a pin with a hash', () => {
  const pin = { imageName: 'a/b', imageDigest: A, hash: '' };

  test.each<[string, object, readonly (readonly string[])[]]>([
    ['systems', { 'x86_64-linux': pin, 'aarch64-linux': pin }, [['x86_64-linux'], ['aarch64-linux']]],
    ['architectures', { web: { amd64: pin, arm64: pin } }, [['x86_64-linux'], ['aarch64-linux']]],
    ['a system further out', { 'aarch64-linux': { web: pin } }, [['aarch64-linux']]],
    ['the nearest one', { 'aarch64-linux': { amd64: pin } }, [['x86_64-linux']]],
    ['a name with an architecture', { 'web-arm64': [pin] }, [['aarch64-linux']]],
  ])('%s', (_, content, systems) => {
    const { sites } = findInFiles({ files: [{ path: 'a.json', text: JSON.stringify(content) }] });
    expect(sites.map((site) => site.systems)).toEqual(systems);
    expect(sites.every(({ isPlatformDependent }) => isPlatformDependent)).toBe(true);
  });

  test('in TOML and YAML, too', async () => {
    for (const [path, text] of [
      ['a.toml', `[web.aarch64-linux]\nimageName = "a/b"\nimageDigest = "${A}"\nhash = ""\n`],
      ['a.yaml', `web:\n  aarch64-linux:\n    imageName: a/b\n    imageDigest: ${A}\n    hash: ""\n`],
    ] as const) {
      const files = [{ path, text }];
      await loadParsers(files);
      expect(findInFiles({ files }).sites.map(({ systems }) => systems)).toEqual([['aarch64-linux']]);
    }
  });

  test.each([
    ['another name', { web: pin }],
    ['arch beside it', { 'aarch64-linux': { ...pin, arch: 'amd64' } }],
    ['no hash', { 'aarch64-linux': { repository: 'a/b', tag: `1@${A}` } }],
  ])('but not with %s', (_, content) => {
    const { sites } = findInFiles({ files: [{ path: 'a.json', text: JSON.stringify(content) }] });
    expect(sites.map(({ isPlatformDependent }) => isPlatformDependent)).toEqual([false]);
  });
});
