import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findInFile } from '../../../src/list/find-in-file.js';
import { applyEdits, differsOnlyIn, type FileEdit, reconcileEdits, rewrite } from '../../../src/nix/edit/edit.js';
import type { PinHash, PinSite } from '../../../src/nix/find/pin-site.js';
import { formatHash } from '../../../src/nix/literals/hash.js';
import { nixString } from '../../../src/nix/literals/text.js';
import { evaluateNix, judgePrograms } from '../../support/nix-judge.js';

const FOLDER = 'fixtures/nix';
const NEW_DIGEST = `sha256:${'c'.repeat(64)}`;
const NEW_HASH = `sha256:${'d'.repeat(64)}` as const;

interface ExpectedPin {
  readonly form: string;
  readonly imageName: string;
  readonly tag?: string;
  readonly arch?: string;
  readonly finalImageName?: string;
  readonly target?: string;
  readonly tlsVerify?: boolean;
  readonly systems?: readonly string[];
  readonly notes?: readonly string[];
  readonly frozen?: boolean;
  readonly format?: string;
}

interface Case {
  /** What is to be found, in order; what is not named here is not compared. */
  readonly pins: readonly ExpectedPin[];
  readonly problems?: readonly string[];
  /** The tag that all pins move to; without it tags stay. */
  readonly newTag?: string;
  /** Why Nix itself does not take the file. */
  readonly nixRefuses?: string;
}

describe.each(readdirSync(FOLDER))('%s', (name) => {
  const folder = join(FOLDER, name);
  const expected: Case = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'));
  const extension = readdirSync(folder).includes('before.json') ? 'json' : 'nix';
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  const files = readdirSync(folder).filter((file) => /\bbefore\./.test(file));
  // `images.before.nix` is what the pins import as `images.nix`.
  const known = new Map(
    files.map((file) => [file === `before.${extension}` ? file : file.replace('.before.', '.'), text(file)]),
  );
  const find = (path: string) => findInFile({ path, text: known.get(path) ?? '' }, (imported) => known.get(imported));

  test('the pins are found, and nothing else', () => {
    const { sites, problems } = find(`before.${extension}`);
    expect(sites.map((site, index) => shown(site, expected.pins[index]))).toEqual(expected.pins);
    expect(problems.map(({ code }) => code)).toEqual(expected.problems ?? []);
  });

  test('new values change exactly those ranges', () => {
    const { sites } = find(`before.${extension}`);
    const { edits, conflicts } = reconcileEdits(sites.flatMap((site) => editsOf(site, expected.newTag)));
    expect(conflicts).toEqual([]);
    for (const [file, before] of known) {
      const own = edits.filter((edit) => edit.file === file);
      const after = applyEdits(before, own);
      expect(after).toBe(text(file === `before.${extension}` ? `after.${extension}` : file.replace('.', '.after.')));
      if (file.endsWith('.nix')) expect(differsOnlyIn(before, after, own)).toBe(true);
    }
  });

  test('nothing is left to change afterwards', () => {
    const file = { path: `after.${extension}`, text: text(`after.${extension}`) };
    const read = (imported: string) => (known.has(imported) ? text(imported.replace('.', '.after.')) : undefined);
    const after = findInFile(file, read);
    expect(after.sites.flatMap((site) => editsOf(site, expected.newTag))).toEqual([]);
  });

  test('Nix reads both files, or neither', async () => {
    const both = ['before', 'after'].map((which) => text(`${which}.${extension}`));
    if (extension === 'json') {
      const read = await evaluateNix(`map builtins.fromJSON [ ${both.map(nixString).join(' ')} ]`);
      expect(read).toEqual(both.map((json) => JSON.parse(json)));
    } else {
      const verdicts = await judgePrograms(both);
      expect(verdicts.map((verdict) => verdict?.accepted)).toEqual(Array(2).fill(expected.nixRefuses === undefined));
    }
  });
});

/** A site in the words of a case, with those that the case does not use left out. */
function shown(site: PinSite, expected: ExpectedPin | undefined): Record<string, unknown> {
  const textOf = (value: PinSite['arch']) => (value?.kind === 'text' ? value.text : value?.message);
  const all: Record<string, unknown> = {
    form: site.form,
    imageName: site.imageName.text,
    tag: site.tag?.text,
    arch: textOf(site.arch),
    finalImageName: textOf(site.finalImageName),
    target: site.target,
    tlsVerify: site.tlsVerify,
    systems: site.systems,
    notes: site.notes.map(({ kind, tag }) => `${kind} ${tag}`),
    frozen: site.isFrozen,
    format: site.hashes[0]?.written?.format,
  };
  const always = [
    'form',
    'imageName',
    'tag',
    ...(site.notes.length > 0 ? ['notes'] : []),
    ...(site.isFrozen ? ['frozen'] : []),
  ];
  const names = new Set([...always, ...Object.keys(expected ?? {})]);
  return Object.fromEntries(Object.entries(all).filter(([name, value]) => names.has(name) && value !== undefined));
}

function editsOf(site: PinSite, newTag: string | undefined): FileEdit[] {
  const tag = newTag === undefined || !site.tag ? [] : rewrite(site.tag, newTag);
  const notes =
    newTag === undefined
      ? []
      : site.notes.map((note) => ({
          file: note.file,
          start: note.start,
          end: note.end,
          text: note.tag.replace('1.2', newTag),
        }));
  const changed = notes.filter((edit, index) => edit.text !== site.notes[index]?.tag);
  const hashes = site.hashes.flatMap((hash) =>
    hash.value.kind === 'text' ? (rewrite(hash.value, newHash(hash)) ?? []) : [],
  );
  return [...(rewrite(site.imageDigest, NEW_DIGEST) ?? []), ...hashes, ...(tag ?? []), ...changed];
}

function newHash({ written }: PinHash): string {
  const format = written?.format ?? 'sri';
  if (format === 'base64') return formatHash(NEW_HASH, 'sri').slice('sha256-'.length);
  return (written?.prefixed ? 'sha256:' : '') + formatHash(NEW_HASH, format);
}
