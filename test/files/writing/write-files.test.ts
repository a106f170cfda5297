import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { FileChange } from '../../../src/files/writing/replacement.js';
import { type WriteFilesSettings, writeFiles } from '../../../src/files/writing/write-files.js';
import { writeTree } from '../../support/git-repository.js';
import { asOrdinaryUser } from '../../support/ordinary-user.js';
import { createRandom, type Random } from '../../support/random.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const isRoot = process.geteuid?.() === 0;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeTree(folder, files);
  return folder;
}

const change = (path: string, before = 'old', after = 'new'): FileChange => ({ path, before, after });

/** What became of the changes, in short. */
async function write(folder: string, changes: readonly FileChange[], settings: Partial<WriteFilesSettings> = {}) {
  const { written, failed, separated } = await writeFiles(changes, { folder, ...settings });
  return {
    written: [...written].sort(),
    failed: Object.fromEntries(failed.map(({ path, problem }) => [path, problem])),
    separated,
  };
}

/** All files below a folder with their texts. */
function tree(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter((path) => lstatSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
}

describe('what is written', () => {
  test('all files have their new texts, to the byte, and nothing else is there', async () => {
    const before = { 'a.nix': '\ufeff{ }\r\n', 'sub/b.nix': 'ä', 'c.json': '{}\n', 'same.nix': 's', 'other.nix': 'o' };
    const folder = folderWith(before);
    const changes = [
      change('a.nix', before['a.nix'], '\ufeff{ x }\r\n'),
      change('sub/b.nix', 'ä', '🐋 longer'),
      change(join(folder, 'c.json'), '{}\n', ''),
      change('same.nix', 's', 's'),
    ];
    expect(await write(folder, changes)).toEqual({
      written: [join(folder, 'c.json'), 'a.nix', 'sub/b.nix'],
      failed: {},
      separated: [],
    });
    expect(tree(folder)).toEqual({ ...before, 'a.nix': '\ufeff{ x }\r\n', 'sub/b.nix': '🐋 longer', 'c.json': '' });
  });

  test.each([0o644, 0o600, 0o755, 0o664, 0o200])('keeps the mode %o', async (mode) => {
    const folder = folderWith({ 'a.nix': 'old', 'b.nix': 'old' });
    chmodSync(join(folder, 'a.nix'), mode);
    expect(await write(folder, [change('a.nix'), change('b.nix')])).toMatchObject({ failed: {} });
    expect(statSync(join(folder, 'a.nix')).mode & 0o7777).toBe(mode);
  });

  test('keeps the owner, where this is possible', async () => {
    const folder = folderWith({ 'a.nix': 'old' });
    const { uid, gid } = isRoot ? { uid: 1234, gid: 4321 } : statSync(join(folder, 'a.nix'));
    chownSync(join(folder, 'a.nix'), uid, gid);
    await write(folder, [change('a.nix')]);
    expect(statSync(join(folder, 'a.nix'))).toMatchObject({ uid, gid });
  });

  test("another user's file may be written in the user's own folder", async () => {
    const folder = folderWith({ 'a.nix': 'old' });
    chmodSync(join(folder, 'a.nix'), 0o666);
    chmodSync(folder, 0o777);
    expect(await asOrdinaryUser(folder, () => write(folder, [change('a.nix')]))).toMatchObject({ written: ['a.nix'] });
    expect(statSync(join(folder, 'a.nix')).mode & 0o777).toBe(0o666);
  });

  test('a symbolic link stays, and its target is written once, for any number of names', async () => {
    const folder = folderWith({ 'sub/a.nix': 'old' });
    symlinkSync('sub/a.nix', join(folder, 'link.nix'));
    symlinkSync('sub', join(folder, 'folder'));
    const changes = [change('link.nix'), change('folder/a.nix'), change('sub/a.nix')];
    expect((await write(folder, changes)).written).toEqual(['folder/a.nix', 'link.nix', 'sub/a.nix']);
    expect(readlinkSync(join(folder, 'link.nix'))).toBe('sub/a.nix');
    expect(readFileSync(join(folder, 'sub/a.nix'), 'utf8')).toBe('new');
    expect(leftovers(folder)).toEqual([]);
  });

  test('a file with other names (hard links) is separated from them, and the outcome reports it', async () => {
    const folder = folderWith({ 'a.nix': 'old', 'c.nix': 'old' });
    linkSync(join(folder, 'a.nix'), join(folder, 'b.nix'));
    expect(await write(folder, [change('a.nix'), change('c.nix')])).toMatchObject({ separated: ['a.nix'] });
    expect(tree(folder)).toEqual({ 'a.nix': 'new', 'b.nix': 'old', 'c.nix': 'new' });
  });

  test('500 files at once', async () => {
    const names = Array.from({ length: 500 }, (_, index) => `${index % 7}/${index}.nix`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'old'])));
    expect(
      (
        await write(
          folder,
          names.map((name) => change(name)),
        )
      ).written,
    ).toHaveLength(500);
    expect(tree(folder)).toEqual(Object.fromEntries(names.map((name) => [name, 'new'])));
  });

  test('a name of 255 bytes', async () => {
    const name = `${'x'.repeat(251)}.nix`;
    const folder = folderWith({ [name]: 'old', 'b.nix': 'old' });
    expect((await write(folder, [change(name), change('b.nix')])).failed).toEqual({});
  });
});

/** A way for the file `bad.nix` to fail. Those that need permissions to bind are tried as an ordinary user. */
interface Trouble {
  readonly problem: string;
  readonly message: RegExp;
  readonly arrange: (path: string) => void;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'was changed': {
    problem: 'changed',
    message: /was changed by another program meanwhile; run this again$/,
    arrange: (path) => writeFileSync(path, 'their text'),
  },
  'was changed, and is as long as it was': {
    problem: 'changed',
    message: /was changed/,
    arrange: (path) => writeFileSync(path, 'odd'),
  },
  'has vanished': { problem: 'gone', message: /is no longer there/, arrange: (path) => rmSync(path) },
  'has vanished with its folder': {
    problem: 'gone',
    message: /is no longer there/,
    arrange: (path) => rmSync(dirname(path), { recursive: true }),
  },
  'has become a folder': {
    problem: 'not-a-file',
    message: /is no longer a regular file/,
    arrange: (path) => {
      rmSync(path);
      mkdirSync(path);
    },
  },
  'has its folder replaced by a file': {
    problem: 'gone',
    message: /is no longer there/,
    arrange: (path) => {
      rmSync(dirname(path), { recursive: true });
      writeFileSync(dirname(path), '');
    },
  },
  'is read-only, also for root': {
    problem: 'read-only',
    message: /is read-only; make it writable \(chmod u\+w\)/,
    arrange: (path) => chmodSync(path, 0o444),
  },
};

/** Troubles that only meet a user whom permissions bind. With a sticky folder it is the move that fails, when all is prepared. */
const PERMISSIONS: Readonly<Record<string, Trouble>> = {
  'is in a folder that is read-only': {
    problem: 'no-access',
    message: /cannot be replaced by this user; check the permissions of the file and of its folder$/,
    arrange: (path) => chmodSync(dirname(path), 0o555),
  },
  'may not be read': {
    problem: 'no-access',
    message: /cannot be replaced by this user/,
    arrange: (path) => chmodSync(path, isRoot ? 0o622 : 0o200),
  },
  'may not be written': {
    problem: 'read-only',
    message: /is read-only/,
    arrange: (path) => chmodSync(path, isRoot ? 0o644 : 0o444),
  },
};

/** Only root can make a folder where files can be made, but not moved over those of others. */
const STICKY: Readonly<Record<string, Trouble>> = isRoot
  ? {
      "is another user's in a sticky folder": {
        problem: 'no-access',
        message: /cannot be replaced by this user/,
        arrange: (path) => chmodSync(dirname(path), 0o1777),
      },
    }
  : {};

function open(folder: string): void {
  for (const path of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    chmodSync(join(folder, path), lstatSync(join(folder, path)).isDirectory() ? 0o777 : 0o666);
  }
}

describe('when one file cannot be written, none is', () => {
  const changes = ['a.nix', 'sub/bad.nix', 'z.nix'].map((path) => change(path));

  test.each(Object.entries({ ...TROUBLES, ...PERMISSIONS, ...STICKY }))(
    'it %s',
    async (_, { problem, message, arrange }) => {
      const folder = folderWith({ 'a.nix': 'old', 'sub/bad.nix': 'old', 'z.nix': 'old' });
      open(folder);
      arrange(join(folder, 'sub/bad.nix'));
      const inode = statSync(join(folder, 'a.nix')).ino;
      const { written, failed } = await asOrdinaryUser(folder, async () => {
        const there = snapshot(folder);
        const outcome = await writeFiles(changes, { folder });
        expect(snapshot(folder)).toEqual(there);
        return outcome;
      });
      expect(written).toEqual([]);
      expect(failed).toMatchObject([{ path: 'sub/bad.nix', problem }]);
      expect(failed[0]?.message).toMatch(message);
      expect(failed[0]?.message).toMatch(/^sub\/bad\.nix /);
      expect(statSync(join(folder, 'a.nix')).ino).toBe(inode);
    },
  );

  test.each(Object.entries({ ...TROUBLES, ...PERMISSIONS, ...STICKY }))(
    'unless keepGoing is set: it %s',
    async (_, { problem, arrange }) => {
      const folder = folderWith({ 'a.nix': 'old', 'sub/bad.nix': 'old', 'z.nix': 'old' });
      open(folder);
      arrange(join(folder, 'sub/bad.nix'));
      const outcome = await asOrdinaryUser(folder, () => write(folder, changes, { keepGoing: true }));
      expect(outcome).toMatchObject({ written: ['a.nix', 'z.nix'], failed: { 'sub/bad.nix': problem } });
      expect(tree(folder)).toMatchObject({ 'a.nix': 'new', 'z.nix': 'new' });
      expect(leftovers(folder)).toEqual([]);
    },
  );

  test('all files that cannot be written are named', async () => {
    const folder = folderWith({ 'a.nix': 'old', 'b.nix': 'theirs' });
    expect(await write(folder, [change('none.nix'), change('a.nix'), change('b.nix')])).toMatchObject({
      written: [],
      failed: { 'none.nix': 'gone', 'b.nix': 'changed' },
    });
    expect(tree(folder)).toEqual({ 'a.nix': 'old', 'b.nix': 'theirs' });
  });

  test('two names of a file that would be changed in two ways', async () => {
    const folder = folderWith({ 'a.nix': 'old' });
    symlinkSync('a.nix', join(folder, 'link.nix'));
    expect(await write(folder, [change('a.nix'), change('link.nix', 'old', 'newer')])).toMatchObject({
      written: [],
      failed: { 'link.nix': 'ambiguous' },
    });
  });

  test('a link out of the roots', async () => {
    const outside = folderWith({ 'secret.nix': 'old' });
    const folder = folderWith({ 'a.nix': 'old' });
    symlinkSync(join(outside, 'secret.nix'), join(folder, 'link.nix'));
    const outcome = await write(folder, [change('a.nix'), change('link.nix')], { roots: [folder] });
    expect(outcome).toMatchObject({ written: [], failed: { 'link.nix': 'outside' } });
    expect(tree(outside)).toEqual({ 'secret.nix': 'old' });
  });
});

/** Names, texts, modes and inodes of all that the user may look at. */
function snapshot(folder: string): unknown {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((path) => {
      const { mode, ino, uid, mtimeMs } = lstatSync(join(folder, path));
      return { path, mode, ino, uid, mtimeMs: path.endsWith('.nix') ? mtimeMs : undefined };
    });
}

function leftovers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('.pullpin-'));
}

describe('all or none', () => {
  test('for 100 random sets of files and failures', async () => {
    const seen = new Map<string, number>();
    for (let seed = 0; seed < 100; seed += 1) {
      const random = createRandom(seed);
      const { folder, changes, trouble } = randomWork(random);
      const keepGoing = random.chance(0.3);
      const before = tree(folder);
      const outcome = await asOrdinaryUser(folder, () => write(folder, changes, { keepGoing }));
      seen.set(trouble, (seen.get(trouble) ?? 0) + 1);
      const isAll = Object.keys(outcome.failed).length === 0;
      expect(isAll, `seed ${seed}: ${trouble}`).toBe(trouble === 'none');
      const expected = isAll || keepGoing ? changes.filter(({ path }) => !(path in outcome.failed)) : [];
      expect(outcome.written, `seed ${seed}: ${trouble}`).toEqual(expected.map(({ path }) => path).sort());
      const texts = Object.fromEntries(expected.map(({ path, after }) => [path, after]));
      expect(tree(folder), `seed ${seed}: ${trouble}`).toEqual({ ...before, ...texts });
      open(folder);
    }
    expect(seen.size).toBe(1 + Object.keys({ ...TROUBLES, ...PERMISSIONS, ...STICKY }).length);
  });
});

function randomWork(random: Random): { folder: string; changes: readonly FileChange[]; trouble: string } {
  const paths = Array.from(
    { length: random.integer(1, 40) },
    (_, index) => `${random.pick(['', 'x/', 'x/y/'])}${index}.nix`,
  );
  const texts = () => random.pick(['', 'a\n', 'ä\r\n', '\ufeff🐋', 'x'.repeat(random.integer(1, 70_000))]);
  const changes = paths.map((path) => ({ path, before: texts(), after: `${texts()}.` }));
  const bad = { path: 'bad/bad.nix', before: 'old', after: 'new' };
  changes.splice(random.integer(0, changes.length), 0, bad);
  const folder = folderWith(Object.fromEntries(changes.map(({ path, before }) => [path, before])));
  open(folder);
  const troubles = { ...TROUBLES, ...PERMISSIONS, ...STICKY };
  const trouble = random.pick(['none', ...Object.keys(troubles)]);
  troubles[trouble]?.arrange(join(folder, bad.path));
  return { folder, changes, trouble };
}

describe('an abortion', () => {
  test('before the first file is in place leaves all as it was', async () => {
    const names = Array.from({ length: 100 }, (_, index) => `${index}.nix`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'old'])));
    const controller = new AbortController();
    const work = writeFiles(
      names.map((name) => change(name)),
      { folder, signal: controller.signal },
    );
    while (leftovers(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
    expect(tree(folder)).toEqual(Object.fromEntries(names.map((name) => [name, 'old'])));
  });
});

describe('a file that is changed while others are written', () => {
  test('stops everything, at any moment', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `${String(index).padStart(2, '0')}.nix`);
    const outcomes = new Set<number>();
    for (let delay = 0; delay < 40; delay += 1) {
      const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'old'])));
      const work = writeFiles(
        names.map((name) => change(name)),
        { folder },
      );
      for (let turn = 0; turn < delay * 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      // As an editor saves: by a rename, so that at no time the file is half written.
      writeFileSync(join(folder, 'theirs'), 'theirs');
      renameSync(join(folder, 'theirs'), join(folder, '59.nix'));
      const { written } = await work;
      outcomes.add(written.length);
      expect(readFileSync(join(folder, '59.nix'), 'utf8')).toBe('theirs');
      const others = Object.entries(tree(folder)).filter(([name]) => name !== '59.nix');
      expect(new Set(others.map(([, text]) => text))).toEqual(new Set([written.length === 0 ? 'old' : 'new']));
      expect(others).toHaveLength(59);
    }
    expect([...outcomes].sort()).toContain(0);
  });

  test('after it was written is not put back when another fails: its old text is kept', async () => {
    const names = Array.from({ length: 800 }, (_, index) => `${String(index).padStart(3, '0')}.nix`);
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, 'old'])));
    const colleague = new Worker(COLLEAGUE, {
      eval: true,
      workerData: ['799.nix', '000.nix'].map((name) => join(folder, name)),
    });
    const gone = once(colleague, 'exit');
    await once(colleague, 'message');
    const { written, failed } = await writeFiles(
      names.map((name) => change(name)),
      { folder },
    );
    await gone;
    expect(written).toEqual(['000.nix']);
    expect(failed).toMatchObject([
      { path: '799.nix', problem: 'changed' },
      { path: '000.nix', problem: 'not-restored' },
    ]);
    const [kept] = leftovers(folder);
    expect(failed[1]?.message).toBe(
      `000.nix was written, and could not be put back when another file failed; its old text is in ${join(folder, kept!)}`,
    );
    const others = Object.fromEntries(names.slice(1, -1).map((name) => [name, 'old']));
    expect(tree(folder)).toEqual({ ...others, '000.nix': 'theirs', '799.nix': 'theirs', [kept!]: 'old' });
  });
});

/** Somebody who waits for the last of some files to be written, and then saves all of them as an editor does. */
const COLLEAGUE = `
  const { readFileSync, renameSync, writeFileSync } = require('node:fs');
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort.postMessage('ready');
  for (const path of workerData) writeFileSync(path + '.theirs', 'theirs');
  const end = Date.now() + 20_000;
  while (readFileSync(workerData.at(-1), 'utf8') !== 'new' && Date.now() < end);
  for (const path of workerData) renameSync(path + '.theirs', path);
`;
