import { describe, expect, test } from 'vitest';
import { applyEdits, differsOnlyIn } from '../../../src/nix/edit/edit.js';
import { LayersError, rewriteLayers } from '../../../src/nix/edit/layers.js';
import type { WrittenLayerList } from '../../../src/nix/find/images/written-layers.js';

const LAYER = /"(\w+)"(?!;)|\{ digest = "(\w+)"; unpack = (true|false); \}|\bl\d/g;

/** The list in a text, with its layers: `"a"`, `{ digest = "a"; unpack = false; }` or a name such as `l1`. */
function listIn(source: string): WrittenLayerList {
  const [start, end] = [source.indexOf('['), source.lastIndexOf(']') + 1];
  const layers = Array.from(source.matchAll(LAYER), ({ index, 0: text, 1: plain, 2: inSet, 3: unpack }) => ({
    digest: plain ?? inSet ?? text,
    unpack: unpack !== 'false',
    start: index,
    end: index + text.length,
  }));
  return { kind: 'layers', file: 'a.nix', start, end, layers };
}

function rewritten(source: string, layers: readonly string[]): string {
  const wanted = layers.map((layer) => ({ digest: layer.replace('!', ''), unpack: !layer.startsWith('!') }));
  const edits = rewriteLayers(listIn(source), wanted, source);
  const after = applyEdits(source, edits);
  expect(differsOnlyIn(source, after, edits)).toBe(true);
  return after;
}

describe('a list of layers becomes another one', () => {
  test.each<[string, string, string[], string]>([
    ['when it is that already', '{ l = [ "a"  "b" ]; }', ['a', 'b'], '{ l = [ "a"  "b" ]; }'],
    ['when one changes', '{ l = [ "a" "b" "c" ]; }', ['a', 'x', 'c'], '{ l = [ "a" "x" "c" ]; }'],
    ['when all change', '{ l = [ "a" "b" ]; }', ['x', 'y', 'z'], '{ l = [ "x" "y" "z" ]; }'],
    ['when one comes at the end', '{ l = [ "a" ]; }', ['a', 'x'], '{ l = [ "a" "x" ]; }'],
    ['when one comes in front', '{ l = [ "a" ]; }', ['x', 'a'], '{ l = [ "x" "a" ]; }'],
    ['when one comes between', '{ l = [ "a" "b" ]; }', ['a', 'x', 'b'], '{ l = [ "a" "x" "b" ]; }'],
    ['when the last goes', '{ l = [ "a" "b" ]; }', ['a'], '{ l = [ "a" ]; }'],
    ['when the first goes', '{ l = [ "a" "b" ]; }', ['b'], '{ l = [ "b" ]; }'],
    ['when all go', '{ l = [ "a" "b" ]; }', [], '{ l = [ ]; }'],
    ['when there was none', '{ l = [ ]; }', ['x', 'y'], '{ l = [\n  "x"\n  "y"\n]; }'],
    ['when one is not to be unpacked', '{ l = [ "a" ]; }', ['!a'], '{ l = [ { digest = "a"; unpack = false; } ]; }'],
    ['when one is to be unpacked', '{ l = [ { digest = "a"; unpack = false; } ]; }', ['a'], '{ l = [ "a" ]; }'],
    [
      'on lines of their own',
      '{\n  l = [\n    "a"\n    "b"\n  ];\n}',
      ['a', 'x', 'y'],
      '{\n  l = [\n    "a"\n    "x"\n    "y"\n  ];\n}',
    ],
    [
      'on lines as on Windows',
      '{\r\n  l = [\r\n    "a"\r\n  ];\r\n}',
      ['a', 'x'],
      '{\r\n  l = [\r\n    "a"\r\n    "x"\r\n  ];\r\n}',
    ],
    ['in an empty list on lines', '{\n  l = [\n  ];\n}', ['x'], '{\n  l = [\n    "x"\n  ];\n}'],
    [
      'with comments on what stays',
      '{ l = [\n  # base\n  "a"\n  "b"\n  # end\n  "c"\n]; }',
      ['a', 'x', 'c'],
      '{ l = [\n  # base\n  "a"\n  "x"\n  # end\n  "c"\n]; }',
    ],
  ])('%s', (_, source, layers, expected) => {
    expect(rewritten(source, layers)).toBe(expected);
  });

  test('unless something else than a layer stands in it', () => {
    for (const source of ['{ l = [ "a" l1 ]; }', '{ l = [ l1 ]; }']) {
      const attempt = () => rewritten(source, ['a']);
      expect(attempt).toThrow(LayersError);
      expect(attempt).toThrow('a computed layer stands among its layers: write the digests alone');
    }
  });

  test('unless a comment stands among those that change', () => {
    const attempt = () => rewritten('{ l = [ "a" /* why */ "b" "c" ]; }', ['x', 'y', 'c']);
    expect(attempt).toThrow(LayersError);
    expect(attempt).toThrow('a comment stands among the layers that change: put it above the list');
  });
});
