import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { drawSession, recordSession } from '../../scripts/session-svg.mjs';
import { ROOT } from './support/markdown.js';

test('the pictures of a session in README are what the program prints: node scripts/session-svg.mjs draws them', async () => {
  const lines = await recordSession();
  expect(lines.filter(({ typed }) => typed).map(({ text }) => text)).toEqual(['pullpin redis:7.4', 'pullpin bump']);
  for (const scheme of ['light', 'dark'] as const)
    expect(readFileSync(`${ROOT}docs/session-${scheme}.svg`, 'utf8')).toBe(drawSession(lines, scheme));
});

test('text of a program cannot become a part of a picture', () => {
  const svg = drawSession([{ typed: false, text: '\u001b[32m<script>&\u001b[0m' }], 'light');
  expect(svg).toContain('&#60;script&#62;&#38;');
  expect(svg).not.toContain('<script');
});
