import { describe, expect, test } from 'vitest';
import { tarHeader, tarPadding } from '../../src/archive/tar.js';

const text = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1');

test('a file is read-only, has no owner and is dated 1970', () => {
  const header = tarHeader({
    type: 'file',
    name: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.tar',
    size: 6,
  });
  expect(header.length).toBe(512);
  expect(text(header, 100, 156)).toBe(`0000444\0${'0000000\0'.repeat(2)}00000000006\u000000000000000\u0000020634\0 `);
  expect(text(header, 257, 265)).toBe('ustar\u000000');
});

describe('a PAX header comes before a member that does not fit', () => {
  test('for a size of 8 GiB, but not for one byte less', () => {
    expect(tarHeader({ type: 'file', name: 'a.tar', size: 8589934591 }).length).toBe(512);
    const header = tarHeader({ type: 'file', name: 'a.tar', size: 8589934592 });
    expect(header.length).toBe(3 * 512);
    expect(text(header, 0, 20)).toBe('PaxHeaders.0/a.tar\0\0');
    expect(text(header, 329, 345)).toBe('\0'.repeat(16));
    expect(text(header, 512, 532)).toBe('19 size=8589934592\n\0');
    expect(text(header, 1024 + 124, 1024 + 136)).toBe('00000000000\0');
  });

  test('for names of more than 100 characters; the link comes first', () => {
    const name = `${'b'.repeat(64)}/${'c'.repeat(60)}`;
    const header = tarHeader({ type: 'symlink', name, target: `../${'a'.repeat(128)}.tar` });
    expect(text(header, 0, 100)).toBe(`${'b'.repeat(64)}/PaxHeaders.0/${'c'.repeat(22)}`);
    expect(text(header, 512, 512 + 286)).toBe(
      `149 linkpath=../${'a'.repeat(128)}.tar\n135 path=${name}\n`.padEnd(286, '\0'),
    );
    expect(text(header, 1024, 1124)).toBe(name.slice(0, 100));
    // What is cut off stands in no other field of either header.
    for (const start of [0, 1024]) expect(text(header, start + 100, start + 108)).toBe('0000000\0');
    expect(text(header, 157, 257)).toBe('\0'.repeat(100));
    expect(text(header, 1024 + 265, 1024 + 329)).toBe('\0'.repeat(64));
  });

  test('but not for what fits exactly', () => {
    const file = tarHeader({ type: 'file', name: 'n'.repeat(100), size: 8589934591 });
    expect(file.length).toBe(512);
    expect(text(file, 0, 107)).toBe(`${'n'.repeat(100)}0000444`);
    expect(text(file, 124, 136)).toBe('77777777777\0');
    const link = tarHeader({ type: 'symlink', name: 'l', target: 't'.repeat(100) });
    expect(link.length).toBe(512);
    expect(text(link, 157, 265)).toBe(`${'t'.repeat(100)}ustar\u000000`);
  });
});

test.each([
  [0, 0],
  [1, 511],
  [511, 1],
  [512, 0],
  [513, 511],
])('%i bytes are padded by %i', (size, padding) => {
  expect(tarPadding(size).length).toBe(padding);
});
