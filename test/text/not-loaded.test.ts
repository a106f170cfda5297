import { expect, test } from 'vitest';
import { findInFiles } from '../../src/list/find.js';
import { loadParsers } from '../../src/text/load-parsers.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each(['yaml', 'toml'])(
  'a file whose parser is not loaded is a problem, and never passed over: %s',
  async (ending) => {
    const text = ending === 'yaml' ? `image: x:1@${DIGEST}` : `image = "x:1@${DIGEST}"`;
    const files = [{ path: `a.${ending}`, text }];
    expect(findInFiles({ files })).toMatchObject({
      sites: [],
      problems: [{ code: 'unreadable', message: expect.stringContaining('open the file with openPinFiles') }],
    });
    await loadParsers([{ path: `b.${ending}`, text: 'nothing like a pin' }]);
    expect(findInFiles({ files }).sites).toEqual([]);
    await loadParsers(files);
    expect(findInFiles({ files })).toMatchObject({ sites: [{ line: 1 }], problems: [] });
  },
);
