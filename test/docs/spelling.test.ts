import { readFileSync } from 'node:fs';
import dictionary from 'dictionary-en';
import nspell from 'nspell';
import { SKIP, visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { PAGES, parsePage, ROOT, readPage } from './support/markdown.js';

const spelling = nspell(Buffer.from(dictionary.aff).toString('utf8'), Buffer.from(dictionary.dic).toString('utf8'));
/** Names and terms of the field that no dictionary has, one a line. */
const OWN = readFileSync(`${ROOT}test/docs/words.txt`, 'utf8')
  .split('\n')
  .filter((word) => word !== '');
const own = new Set(OWN);

/** The words of a page as its readers see them: no code, no addresses, no names of files. */
function wordsOf(page: string): Set<string> {
  const words = new Set<string>();
  visit(parsePage(readPage(page)), (node) => {
    if (node.type === 'code' || node.type === 'inlineCode' || node.type === 'html') return SKIP;
    if (node.type !== 'text') return undefined;
    const text = node.value.replace(/[\w~$%*.-]*[/@=_][\w/.*@=-]*|\b[\w-]+(?:\.[\w-]+)+\b/g, ' ');
    for (const [word] of text.matchAll(/\p{L}+(?:['’]\p{L}+)*/gu))
      if (!isName(page, word)) words.add(word.replaceAll('’', "'"));
    return undefined;
  });
  return words;
}

/** The reference of the library is made of docstrings, which name types and functions without marks of code. */
const isName = (page: string, word: string): boolean => page === 'docs/api.md' && /\p{Ll}\p{Lu}|\p{Lu}{2}/u.test(word);

const isRight = (word: string): boolean => word.length < 2 || own.has(word) || spelling.correct(word);

test.each([...PAGES, 'CHANGELOG.md'])(
  'the words of %s are spelled as in a dictionary, or stand in test/docs/words.txt',
  (page) => {
    expect([...wordsOf(page)].filter((word) => !isRight(word))).toEqual([]);
  },
);

test('the list of own words has no word that the dictionary has, and none that no page uses', () => {
  const used = new Set([...PAGES, 'CHANGELOG.md'].flatMap((page) => [...wordsOf(page)]));
  expect(OWN.filter((word) => spelling.correct(word) || !used.has(word))).toEqual([]);
  expect(OWN).toEqual([...new Set(OWN)].sort());
});

test('the check sees a word that is wrong', () => {
  expect(['digets', 'registry'].filter((word) => !isRight(word))).toEqual(['digets']);
});
