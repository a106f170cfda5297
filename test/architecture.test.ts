import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importsOf, readSource, sourceFiles } from './support/source-imports.js';

const PAGE = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
const DRAWING = /^```text\n([\s\S]*?)^```$/m.exec(PAGE)?.[1] ?? '';
const STORIES = PAGE.slice(PAGE.indexOf('## One pin'), PAGE.indexOf('## One word'));

const files = sourceFiles();
const imports = files.flatMap((file) => importsOf(file, readSource(file)));
const rooms = [...new Set(files.map(roomOf))].sort();

/** `cli/terminal/`, or a file at the top of src. */
function roomOf(file: string): string {
  return file.includes('/') ? file.replace(/[^/]*$/, '') : file;
}

/** Each folder and file of the drawing with its whole path: the indent says what it stands in. */
function drawn(drawing: string): string[] {
  const path: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', names = ''] = /^( *)((?:[\w-]+(?:\/|\.ts)(?: {2,}|$))+)/.exec(line) ?? [];
    return names
      .split(/ +/)
      .filter((name) => name !== '')
      .map((name) => {
        path.splice(indent.length / 2, path.length, name);
        return path.join('');
      });
  });
}

test('the drawing shows every room, and no folder that is not there', () => {
  const shown = drawn(DRAWING);
  const isFolderOfRooms = (path: string): boolean => rooms.some((room) => room.startsWith(path));
  expect(
    rooms.filter((room) => !shown.includes(room)),
    'Draw these rooms in docs/architecture.md.',
  ).toEqual([]);
  const gone = shown.filter((path) => !rooms.includes(path) && !isFolderOfRooms(path));
  expect(gone, 'Take these out of the drawing in docs/architecture.md.').toEqual([]);
});

/** The number of each room's floor in the drawing, from the roof down: a line of dashes begins the next floor. */
function floorsOf(drawing: string): Map<string, number> {
  const floors = drawing.split(/^── .*\n/m);
  return new Map(floors.flatMap((part, floor) => drawn(part).map((room) => [room, floor] as const)));
}

/** Imports that lead from a floor to one above it. */
function upward(drawing: string): string[] {
  const floors = floorsOf(drawing);
  const isUpward = (from: string, to: string): boolean => (floors.get(from) ?? -1) > (floors.get(to) ?? -1);
  return imports
    .filter(({ isPackage, target }) => !isPackage && !target.startsWith('..'))
    .filter(({ file, target }) => isUpward(roomOf(file), roomOf(target.replace(/\.js$/, '.ts'))))
    .map(({ file, target }) => `${file} imports ${target}`);
}

test('no import leads to a floor above its own', () => {
  expect(new Set(floorsOf(DRAWING).values()).size).toBe(6);
  expect(upward(DRAWING), 'Move the code down, or the room to the floor of those that use it.').toEqual([]);
});

test('the check sees a room that is drawn on a floor above those that use it', () => {
  const moved = DRAWING.replace(/^tag-rules\/.*\n/m, '').replace(/^list\/.*\n/m, '$&tag-rules/\n');
  expect(upward(moved).join('\n')).toMatch(/^nix\/\S+ imports tag-rules\//m);
});

test('the story of one pin and of one bump names every room', () => {
  const named = new Set([...STORIES.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
  const unnamed = rooms.filter((room) => !named.has(room));
  expect(unnamed, 'Say in docs/architecture.md when a pin or a bump comes by here.').toEqual([]);
});

test('the page names no file of the source that is not there', () => {
  const named = [...PAGE.matchAll(/`([\w-]+(?:\/[\w-]+)+\.ts)`/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !file.startsWith('test/') && !files.includes(file))).toEqual([]);
});
