import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceFiles } from './support/source-imports.js';

const PAGE = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');
const DRAWING = /^```text\n([\s\S]*?)^```$/m.exec(PAGE)?.[1] ?? '';
const STORIES = PAGE.slice(PAGE.indexOf('## One pin'), PAGE.indexOf('## One word'));

const files = sourceFiles();
const rooms = [...new Set(files.map((file) => (file.includes('/') ? file.replace(/[^/]*$/, '') : file)))].sort();

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

test('the story of one pin and of one bump names every room', () => {
  const named = new Set([...STORIES.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));
  const unnamed = rooms.filter((room) => !named.has(room));
  expect(unnamed, 'Say in docs/architecture.md when a pin or a bump comes by here.').toEqual([]);
});

test('the page names no file of the source that is not there', () => {
  const named = [...PAGE.matchAll(/`([\w-]+(?:\/[\w-]+)+\.ts)`/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !file.startsWith('test/') && !files.includes(file))).toEqual([]);
});
