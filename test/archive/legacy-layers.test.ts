import { expect, test } from 'vitest';
import { layerFile, legacyLayers } from '../../src/archive/legacy-layers.js';
import { digestOf } from '../../src/oci/verified.js';

const [H, W] = [digestOf('hello\n'), digestOf('world\n')];

function jsons(layers: Parameters<typeof legacyLayers>[0], config: string): string[] {
  return legacyLayers(layers, Buffer.from(config)).map(({ json }) => Buffer.from(json).toString());
}

test('each layer has the id of its parent, and the last one has the keys of the config that docker 1.9 knew', () => {
  const first = '9519f646162392d91924b9b8c75177d87bc0f75bd212a17cbf235721f66234b1';
  const second = '80fb5cd051ef8a7ea7999a19d5ab4c81bb80a09cd70f501e30a315d20dbf1e8d';
  expect(jsons([H, W], '{"architecture":"amd64","os":"linux"}')).toEqual([
    `{"id":"${first}"}`,
    `{"architecture":"amd64","config":null,"container":null,"container_config":null,"created":null,"docker_version":null,"id":"${second}","os":"linux","parent":"${first}"}`,
  ]);
});

test('values keep their source text, the last of repeated keys holds, escaped keys count', () => {
  const config = `{ "os": "linux", "config": {"Cmd": ["a<b>&c", "\u2028"], "n": 1.50E+02, "k": {"b":1,"a":2} }, "\\u0061rchitecture": "arm64", "OS": 7, "os": "second" }\n`;
  expect(jsons([H], config)[0]).toMatch(
    /^\{"architecture":"arm64","config":\{"Cmd":\["a\\u003cb\\u003e\\u0026c","\\u2028"\],"n":1\.50E\+02,"k":\{"b":1,"a":2\}\},.*"os":"second"\}$/,
  );
});

test('a null that comes last removes the value', () => {
  expect(jsons([H], '{"os":"linux","os":null}')[0]).toContain('"os":null');
  expect(jsons([H], 'null')[0]).toContain('"os":null');
});

test('without layers the config is not read', () => {
  expect(legacyLayers([], Buffer.from('not JSON'))).toEqual([]);
});

test.each(['', '[]', '"x"', '7', '{"a":1}{}', '\ufeff{}', '{"a":01}', "{'a':1}"])(
  'the config %j is refused',
  (config) => {
    expect(() => legacyLayers([H], Buffer.from(config))).toThrow(/not an object|not valid JSON/);
  },
);

test('the same layers in another order have other ids', () => {
  const ids = [
    [H, W],
    [W, H],
    [H, H],
  ].map((layers) =>
    legacyLayers(layers, Buffer.from('{}'))
      .map(({ id }) => id)
      .join(),
  );
  expect(new Set(ids).size).toBe(3);
  expect(layerFile(H)).toBe('5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03.tar');
});
