import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { COMMAND_SETTINGS, COMMON_SETTINGS } from '../../../src/cli/config/table.js';
import type { RawValue } from '../../../src/cli/options/option.js';
import { UsageError } from '../../../src/errors.js';
import { startRegistry } from '../../support/faulty-registry.js';
import { fixtureImage, fixtureImages } from '../../support/fixture-images.js';
import { runInProcess, testContext } from '../../support/run-in-process.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const PIN = ['registry.example/hello:1', '--from', `oci:${fixtureImage('hello')}`];

interface Place {
  readonly project?: string;
  readonly user?: string;
  readonly environment?: Record<string, string>;
  /** The folder below the repository's top in which the program runs. */
  readonly below?: string;
  readonly files?: Record<string, string>;
}

/** Runs in a repository with these configuration files. */
async function run(args: readonly string[], { project, user, environment = {}, below = '.', files = {} }: Place) {
  const [top, home] = [temporaryFolder(), temporaryFolder()];
  mkdirSync(join(top, '.git'));
  const write = (path: string, text: string | undefined): void => {
    if (text === undefined) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  write(join(top, 'pullpin.toml'), project);
  write(join(home, '.config/pullpin/pullpin.toml'), user);
  for (const [name, text] of Object.entries(files)) write(join(top, name), text);
  mkdirSync(join(top, below), { recursive: true });
  return runInProcess(args, testContext({ folder: join(top, below), home, environment }));
}

describe('a setting', () => {
  test('has the same effect as an option', async () => {
    const file =
      'template = "attrs"\nhash-attr = "hash"\nhash-format = "base16"\nplatform = "linux/arm64"\nindent = 2\n';
    const byFile = await run(PIN, { project: file });
    const options = ['-t', 'attrs', '--hash-attr=hash', '--hash-format=hex', '--platform=linux/arm64', '--indent=2'];
    expect(byFile).toEqual(await runInProcess([...PIN, ...options]));
    expect(byFile).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('hash = "sha256:') });
  });

  test.each<[string, Place, string[], RegExp]>([
    [
      'an option over the environment',
      { environment: { PULLPIN_HASH_ATTR: 'hash' } },
      ['--hash-attr=sha256'],
      /sha256 =/,
    ],
    [
      'the environment over the project',
      { project: 'hash-attr = "hash"', environment: { PULLPIN_HASH_ATTR: 'sha256' } },
      [],
      /sha256 =/,
    ],
    ['the project over the user', { project: 'hash-attr = "sha256"', user: 'hash-attr = "hash"' }, [], /sha256 =/],
    ['the user over what holds by itself', { user: 'hash-attr = "hash"' }, [], / hash =/],
    [
      'the table of a command over all commands',
      { project: 'template = "attrs"\n[pin]\ntemplate = "oci-string"' },
      [],
      /^registry.example\/hello:1@/,
    ],
    [
      'the project over the table of the user',
      { project: 'hash-attr = "sha256"', user: '[pin]\nhash-attr = "hash"' },
      [],
      /sha256 =/,
    ],
  ])('wins: %s', async (_, place, options, printed) => {
    expect((await run([...PIN, ...options], place)).stdout).toMatch(printed);
  });

  test.each([
    ['include', '"x"'],
    ['exclude', '"x"'],
    ['registry-map', '"a.example=b.example"'],
  ])('%s has at most 1000 values', async (name, value) => {
    const project = `${name} = [${Array(1001).fill(value).join()}]`;
    expect(await run(['list'], { project })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`pullpin.toml:1: ${name} has 1001 values; at most 1000 are possible`),
    });
  });

  test('is not looked for in a file that no person wrote by hand', async () => {
    expect(await run(['list'], { project: '# comment\n'.repeat(200_000) })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('pullpin.toml cannot be read: is larger than 1 MiB'),
    });
  });

  test('that is unknown is reported once, for any number of them', async () => {
    const project = Array.from({ length: 40_000 }, (_, at) => `k${at} = 1\n`).join('');
    expect(await run(['list'], { project })).toMatchObject({ stderr: expect.stringContaining("there is no key 'k0'") });
  });

  test('of platforms yields to any platform that was typed', async () => {
    const project = 'platform = ["linux/amd64", "linux/arm64"]';
    expect((await run([...PIN, '--json'], { project })).stdout.match(/"arch"/g)).toHaveLength(2);
    for (const typed of [
      ['--system', 'aarch64-linux'],
      ['--arch', 'arm64'],
      ['--platform', 'linux/arm64'],
    ]) {
      const { stdout } = await run([...PIN, '--json', ...typed], { project });
      expect(JSON.parse(stdout).pins).toMatchObject([{ arch: 'arm64' }]);
    }
  });

  test.each([
    ['hash-attr = "hash"', 'nix2container', '--hash-attr=hash'],
    ['quote = true', 'attrs', '--quote'],
  ])(
    '%s does not keep the template %s from being used, while a typed option does',
    async (project, template, typed) => {
      expect(await run([...PIN, '-t', template], { project })).toMatchObject({ exitCode: 0 });
      expect(await run([...PIN, '-t', template, typed], { project })).toMatchObject({ exitCode: 2 });
    },
  );

  test('--no-config reads no file', async () => {
    const place = { project: 'hash-attr = "hash"', user: 'x' };
    expect((await run([...PIN, '--no-config'], place)).stdout).toContain('sha256 =');
    expect((await run(['config', '--no-config', '--json'], place)).stdout).toContain('"files": []');
  });
});

describe('the file', () => {
  test('is found upwards, but not above the repository, and without one only here', async () => {
    expect((await run(PIN, { project: 'hash-attr = "hash"', below: 'a/b' })).stdout).toContain(' hash =');
    const top = temporaryFolder();
    mkdirSync(join(top, 'sub/.git'), { recursive: true });
    writeFileSync(join(top, 'pullpin.toml'), 'hash-attr = "hash"');
    expect((await runInProcess(PIN, testContext({ folder: join(top, 'sub') }))).stdout).toContain('sha256 =');
    mkdirSync(join(top, 'other'));
    expect((await runInProcess(PIN, testContext({ folder: join(top, 'other') }))).stdout).toContain('sha256 =');
    expect((await runInProcess(PIN, testContext({ folder: top }))).stdout).toContain(' hash =');
  });

  test('names paths from its own folder', async () => {
    const files = {
      'templates/short.hbs': '{{{imageName}}}\n',
      'hosts/a.nix': `{ image = "redis:7@sha256:${'a'.repeat(64)}"; }`,
      'other/b.nix': `{ image = "nginx:1@sha256:${'b'.repeat(64)}"; }`,
    };
    const pinned = await run(PIN, { project: 'template = "./templates/short.hbs"', below: 'hosts', files });
    expect(pinned.stdout).toBe('registry.example/hello\n');
    const listed = await run(['list', '..', '--json'], { project: 'exclude = "./other/**"', below: 'hosts', files });
    expect(JSON.parse(listed.stdout).pins).toMatchObject([{ imageName: 'redis' }]);
  });

  test('may choose pins that are not in these files', async () => {
    const files = { 'a.nix': `{ image = "redis:7@sha256:${'a'.repeat(64)}"; }` };
    expect(await run(['list'], { project: 'include = ["redis", "nginx"]', files })).toMatchObject({ exitCode: 0 });
    expect(await run(['list', '--include', 'nginx'], { files })).toMatchObject({ exitCode: 2 });
  });

  test.each([
    ['hash-fromat = "sri"', "pullpin.toml:1: there is no key 'hash-fromat'; did you mean hash-format?"],
    [
      '\n\nhash-format = "nix23"',
      "pullpin.toml:3: hash-format is one of sri, nix32, hex, not 'nix23'; did you mean nix32?",
    ],
    ['retries = 99', "pullpin.toml:1: retries is a whole number from 0 to 20, not '99'"],
    ['retries = -1', 'pullpin.toml:1: retries is a whole number from 0 to 20, not -1\n'],
    ['retries = 1.5', 'pullpin.toml:1: retries is a whole number from 0 to 20, not 1.5\n'],
    ['retries = true', 'pullpin.toml:1: retries is a whole number, not true\n'],
    ['retries = [1]', 'pullpin.toml:1: retries is a whole number\n'],
    ['Retries = 1', "pullpin.toml:1: there is no key 'Retries'; did you mean retries?"],
    ['hash_attr = "hash"', "pullpin.toml:1: there is no key 'hash_attr'; did you mean hash-attr?"],
    ['hashAttr = "hash"', "pullpin.toml:1: there is no key 'hashAttr'; did you mean hash-attr?"],
    ['template = 3', 'pullpin.toml:1: template is a text, not 3'],
    ['platform = ["linux/amd64", 3]', 'pullpin.toml:1: platform is a text, or a list of texts'],
    [
      'system = "aarch64-linx"',
      "pullpin.toml:1: no images exist for the system 'aarch64-linx'; did you mean aarch64-linux?",
    ],
    ['registry-map = ["docker.io"]', "pullpin.toml:1: registry-map 'docker.io' is not PREFIX=LOCATION"],
    ['a = 1\na = 2', 'pullpin.toml:2: this is not TOML: '],
    ['"" = 1', "pullpin.toml:1: there is no key ''"],
    ['x.y = 1', "pullpin.toml:1: there is no key 'x'"],
    ['constructor = 1', "pullpin.toml:1: there is no key 'constructor'"],
    ['retries = "2"', "pullpin.toml:1: retries is a whole number, not '2'"],
    ['cache = "no"', "pullpin.toml:1: cache is true or false, not 'no'"],
    ['include = [1]', 'pullpin.toml:1: include is a text, or a list of texts'],
    [
      'platform = "linux/x86_64"',
      "pullpin.toml:1: images call the architecture 'x86_64' amd64: write amd64, or linux/amd64",
    ],
    ['[bumb]\ndigest = "keep"', "pullpin.toml:1: there is no key 'bumb'; did you mean bump?"],
    ['[bump]\n[pin]\ndigest = "keep"', "pullpin.toml:3: digest is one of index, platform, not 'keep'"],
    ['[bump]\ndigset = "keep"', "pullpin.toml:2: there is no key 'digset' in [bump]; did you mean digest?"],
    [
      'digest = "keep"',
      "pullpin.toml:1: [digest] is the table of pullpin digest: write its keys below it; the key 'digest' belongs below [pin] or [bump]",
    ],
    ['bump = 3', 'pullpin.toml:1: [bump] is the table of pullpin bump: write its keys below it'],
    [
      'x = 1\n[[bump]]\ndigest = "index"',
      'pullpin.toml:2: [bump] is the table of pullpin bump: write its keys below it',
    ],
    ['bump = []', 'pullpin.toml:1: [bump] is the table of pullpin bump: write its keys below it'],
    ['[pin.x]\na = 1', "pullpin.toml:1: there is no key 'x' in [pin]"],
    [
      'tags = "major"',
      "pullpin.toml:1: [tags] is the table of pullpin tags: write its keys below it; the key 'tags' belongs below [",
    ],
    ['[bump]\ntags = "newest"', "pullpin.toml:2: tags is one of patch, minor, major, not 'newest'"],
    ['dry-run = true', "pullpin.toml:1: there is no key 'dry-run': --dry-run is an option for one run"],
    ['creds-stdin = true', "pullpin.toml:1: there is no key 'creds-stdin': --creds-stdin is an option for one run"],
    ['quiet = true', "pullpin.toml:1: there is no key 'quiet': --quiet is an option for one run"],
    ['[bump]\ncheck = true', "pullpin.toml:2: there is no key 'check' in [bump]: --check is an option for one run"],
    ['no-cache = true', "pullpin.toml:1: there is no key 'no-cache': write cache = false"],
    [
      '[tags]\ntemplate = "attrs"',
      "pullpin.toml:2: there is no key 'template' in [tags]: write it above the tables, for all commands",
    ],
    ['"__proto__" = 1', "pullpin.toml:1: there is no key '__proto__'"],
    ['template = "attrs"\nx = [', 'pullpin.toml:2: this is not TOML: '],
    ['x = "\u001b[31m"', 'pullpin.toml:1: this is not TOML: '],
  ])('%j is a mistake of one line', async (project, message) => {
    const { exitCode, stderr, stdout } = await run(['list'], { project });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`pullpin: ${message}`);
    expect(stderr).toMatch(/^[^\n\p{Cc}]*\n$/u);
  });

  test('may be a link to nowhere, or a folder, which is a mistake too', async () => {
    const folder = temporaryFolder();
    symlinkSync('gone', join(folder, 'pullpin.toml'));
    const broken = await runInProcess(['list'], testContext({ folder }));
    expect(broken).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('pullpin.toml cannot be read') });
    const other = temporaryFolder();
    mkdirSync(join(other, 'pullpin.toml'));
    expect(await runInProcess(['list'], testContext({ folder: other }))).toMatchObject({ exitCode: 2 });
  });
});

describe('what only a run would look at', () => {
  const MISTAKES = [
    ['template = "atrs"', "pullpin.toml:1: there is no template 'atrs', and no file of that name; did you mean attrs?"],
    ['\ntemplate = "./nosuch.hbs"', /pullpin\.toml:2: there is no template file \S*nosuch\.hbs; check the path/],
    ['template = "./"', /pullpin\.toml:1: \S+ is a folder, and not a template/],
    ['function = "a b; c"', "pullpin.toml:1: 'a b; c' is not the name of a Nix function"],
    ['[check]\nignore = ["dead-tag", "missing-arhc"]', "pullpin.toml:2: ignore: there is no finding 'missing-arhc'"],
    ['ignore = "untracked,nosuch"', "pullpin.toml:1: ignore: there is no finding 'nosuch'"],
    ['include = ["redis@>>1"]', "pullpin.toml:1: '>>1' is not a range of versions"],
    ['[bump]\nexclude = ""', 'pullpin.toml:2: a pattern is empty'],
    [
      'system = "linux/arm64"',
      `pullpin.toml:1: 'linux/arm64' is a platform, and not a Nix system: write platform = "linux/arm64"`,
    ],
    [
      '[pin]\ntags = "minor"',
      "pullpin.toml:2: there is no key 'tags' in [pin]; the key 'tags' belongs below [bump] or [list]",
    ],
  ] as const;

  test.each(MISTAKES)('%j is a mistake for pullpin config and for every command', async (project, message) => {
    for (const command of ['config', 'list']) {
      const { exitCode, stdout, stderr } = await run([command], { project });
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(typeof message === 'string' ? `pullpin: ${message}` : message);
      expect(stderr).toMatch(/^[^\n]+\n$/);
    }
  });

  test('of a variable, the variable is named', async () => {
    const { stderr } = await run(['config'], { environment: { PULLPIN_TEMPLATE: 'atrs' } });
    expect(stderr).toMatch(/^pullpin: PULLPIN_TEMPLATE: there is no template 'atrs'/);
  });

  test('values that are there are accepted', async () => {
    const project =
      'template = "./own.hbs"\nfunction = "pkgs.dockerTools.pullImage"\nignore = "untracked,dead-tag"\ninclude = ["redis@<8", "./a.nix"]\n';
    expect(await run(['config'], { project, files: { 'own.hbs': '' } })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test.each([
    ['store = true', /decide what is kept on your machine$/m],
    ['copy-to = "s3://x"', /decide where images are copied$/m],
    ['verify = true', /decide which programs run on your machine$/m],
    ['max-spool = "1G"', /decide how much of your disk is filled$/m],
    ['ca-file = "x"', /decide whom pullpin trusts and where credentials go$/m],
  ])('%j of a repository is refused with its own reason', async (project, reason) => {
    expect((await run(['list'], { project })).stderr).toMatch(reason);
  });

  test('several platforms are for pullpin pin, and bump looks at one', async () => {
    const project = 'platform = ["linux/amd64", "linux/arm64"]';
    expect(await run(['bump', '-n'], { project })).toMatchObject({ exitCode: 0 });
    expect((await run(PIN, { project })).stdout).toContain('arch = "arm64";');
    expect(await run(['bump'], { project: `[bump]\n${project}` })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/pullpin\.toml:2: this command looks at one platform/),
    });
  });
});

describe("a repository's file", () => {
  test.each([
    'insecure = "evil.example"',
    'authfile = "./auth.json"',
    'creds-registry = "evil.example"',
    'ca-file = "./ca.pem"',
    'tags-from-mirrors = true',
    'max-spool = "900TiB"',
    'store = true',
    'copy-to = "s3://evil.example"',
    '[pin]\nstore = true',
    'backend = "skopeo"',
    'verify = true',
    '[bump]\nverify = true',
    '[bump]\ninsecure = ["evil.example"]',
  ])('may not say %j, which the own file of the user may', async (text) => {
    const refused = await run(['list'], { project: text });
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/may stand only in your own file, ~\/\.config\/pullpin\/pullpin\.toml/);
    expect(await run(['list'], { user: text })).toMatchObject({ exitCode: 0 });
  });

  test('sends no credentials elsewhere by a map of registries', async () => {
    const seen: (string | undefined)[] = [];
    const registry = await startRegistry({
      images: { 'app:1': fixtureImages()['hello'] ?? expect.unreachable() },
      guard: ({ headers }) => {
        seen.push(headers['authorization']);
        return undefined;
      },
    });
    const environment = { PULLPIN_USERNAME: 'ann', PULLPIN_PASSWORD: 'secret' };
    const project = `registry-map = "private.example=${registry.host}"`;
    const { stdout } = await run(['digest', 'private.example/app:1'], { project, environment });
    expect(stdout).toMatch(/^sha256:/);
    expect(seen.length).toBeGreaterThan(0);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});

test('a variable with an invalid value is a mistake, and REGISTRY_AUTH_FILE wins over a file', async () => {
  expect(await run(['list'], { environment: { PULLPIN_CACHE: 'maybe' } })).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("PULLPIN_CACHE is true or false, not 'maybe'"),
  });
  const { stdout } = await run(['config', '--json'], {
    user: 'authfile = "/mine.json"',
    environment: { REGISTRY_AUTH_FILE: '/podmans.json', PULLPIN_PLATFORM: 'linux/amd64 linux/arm64' },
  });
  const settings = JSON.parse(stdout).settings as { key: string }[];
  expect(settings.find(({ key }) => key === 'authfile')).toMatchObject({ value: null, from: 'REGISTRY_AUTH_FILE' });
  expect(settings.find(({ key }) => key === 'platform')).toMatchObject({ value: ['linux/amd64', 'linux/arm64'] });
});

describe('pullpin config', () => {
  test('shows what holds, and where it comes from', async () => {
    const place = {
      project: 'template = "attrs"\n\n[bump]\ndigest = "index"\n',
      user: 'retries = 2',
      environment: { PULLPIN_INDENT: '2' },
    };
    const { stdout } = await run(['config'], place);
    expect(stdout).toMatch(/^template +attrs +pullpin\.toml:1$/m);
    expect(stdout).toMatch(/^bump\.digest +index +pullpin\.toml:4$/m);
    expect(stdout).toMatch(/^retries +2 +~\/\.config\/pullpin\/pullpin\.toml:1$/m);
    expect(stdout).toMatch(/^indent +2 +PULLPIN_INDENT$/m);
    expect(stdout).toMatch(/^concurrency +8 +default$/m);
  });
});

test('docs/config.md names each key that only the own file of the user may have', () => {
  const page = readFileSync(fileURLToPath(new URL('../../../docs/config.md', import.meta.url)), 'utf8');
  const own = COMMON_SETTINGS.filter(({ option }) => option.setting === 'user').map(({ name }) => name);
  const [, named = ''] =
    /^So (`.*?) are allowed only in your own file/ms.exec(page.replaceAll(/.*\bSo `/g, 'So `')) ?? [];
  expect([...named.matchAll(/`([^`]+)`/g)].map(([, name]) => name).sort()).toEqual(own.sort());
});

test.each([['tags', 'major', 'bump.tags']])('PULLPIN_%s has an effect', async (name, value, key) => {
  const { stdout } = await run(['config', '--json'], { environment: { [`PULLPIN_${name.toUpperCase()}`]: value } });
  const { settings } = JSON.parse(stdout) as { settings: { key: string }[] };
  expect(settings.find((each) => each.key === key)).toMatchObject({ value, from: `PULLPIN_${name.toUpperCase()}` });
});

describe('the published JSON Schema', () => {
  const path = fileURLToPath(new URL('../../../dist/pullpin.schema.json', import.meta.url));
  const isValid = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(path, 'utf8')));

  test('accepts the examples of docs/config.md, and so does pullpin', async () => {
    const page = readFileSync(fileURLToPath(new URL('../../../docs/config.md', import.meta.url)), 'utf8');
    const [project = '', user = ''] = [...page.matchAll(/^```toml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    for (const text of [project, user]) expect([isValid(parse(text)), text]).toEqual([true, text]);
    expect(await run(['config'], { project, user })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  // Of each key, values of every kind.
  const isCommon = (name: string): boolean => COMMON_SETTINGS.some((setting) => setting.name === name);
  const places = [
    ...COMMON_SETTINGS.map((setting) => ({ table: '', setting })),
    ...COMMAND_SETTINGS.flatMap(({ command, settings }) =>
      settings.filter(({ name }) => !isCommon(name)).map((setting) => ({ table: `[${command.name}]\n`, setting })),
    ),
  ];
  const values = [
    '"x"',
    '["x"]',
    '3',
    '-3',
    '1.5',
    'true',
    '[1]',
    '{ a = 1 }',
    '1979-05-27',
    '[]',
    '""',
    '"attrs"',
    '"sri"',
    '"hash"',
    '"index"',
    '"minor"',
  ];

  // A run also looks at what these name; the mistakes of values that are not there have a test of their own.
  const isLookedUp = ({ setting: { name } }: (typeof places)[number]): boolean =>
    ['template', 'function', 'ignore', 'include', 'exclude'].includes(name);

  test.each(places.filter((place) => !isLookedUp(place)))(
    'and pullpin agree on what $setting.name may be ($table)',
    async ({ table, setting: { name, group, option } }) => {
      const isList = option.type === 'values';
      for (const value of values) {
        const text = `${table}${name} = ${value}\n`;
        const { exitCode, stderr } = await run(['config'], { user: text });
        const content = parse(text);
        // What only the option's own parser knows, as the form of a platform, is no part of the schema.
        const own = (table === '' ? content : Object.values(content)[0]) as Record<string, RawValue | number>;
        const isMeant = isValid(content) && means(() => group.parse({ [name]: asTyped(own[name], isList) }));
        expect([text, stderr, exitCode]).toEqual([text, isMeant ? '' : stderr, isMeant ? 0 : 2]);
        if (!isMeant) expect(stderr).toMatch(/^pullpin: [^\n]*pullpin\.toml:[12]: [^\n]+\n$/);
      }
    },
  );

  test.each(['hash-fromat = "sri"', 'hash-format = "x"', 'retries = "2"', '[bump]\ncheck = true', 'cache = 1'])(
    'refuses %j',
    (text) => {
      expect(isValid(parse(text))).toBe(false);
    },
  );
});

/** A value of a file as the command line gives it. */
function asTyped(value: RawValue | number, isList: boolean): RawValue {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && isList ? [value] : value;
}

/** Whether a parser takes a value. */
function means(parseValue: () => unknown): boolean {
  try {
    parseValue();
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
