import { attributesOf, jsonOf, setOf, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const importedSet: Shape = (writer) => {
  const file = writer.file('image', 'nix', `${setOf(attributesOf(writer.plan({ moves: true })), writer.random)}\n`);
  return `${pullOf(writer)} (import ${file})`;
};

const importedTable: Shape = (writer) => {
  const [one, other] = [writer.plan({ moves: true }), writer.plan()].map((pin) =>
    setOf(attributesOf(pin), writer.random),
  );
  const file = writer.file('images', 'nix', `{\n  one = ${one};\n  two.deep = ${other};\n}\n`);
  const images = writer.bind('images', `import ${file}`);
  return `[ (${pullOf(writer)} ${images}.one) (${pullOf(writer)} ${images}.two.deep) ]`;
};

const importedFunction: Shape = (writer) => {
  const pin = writer.plan({ moves: true });
  const names = without(attributesOf(pin), 'imageName').map(([name]) => name);
  const file = writer.file(
    'pull',
    'nix',
    `{ dockerTools, imageName, ${names.join(', ')} }:\ndockerTools.pullImage { inherit imageName ${names.join(' ')}; }\n`,
  );
  const given = setOf([...attributesOf(pin), ['dockerTools', 'pkgs.dockerTools']], writer.random);
  return `import ${file} ${given}`;
};

const json: Shape = (writer) => {
  const file = writer.file('image', 'json', jsonOf(attributesOf(writer.plan({ moves: true }))));
  const read = writer.random.pick([`lib.importJSON ${file}`, `builtins.fromJSON (builtins.readFile ${file})`]);
  return `${pullOf(writer)} (${read})`;
};

const npins: Shape = (writer) => {
  const { image, digest, hash, tag } = writer.plan({ arch: undefined });
  const container = {
    type: 'Container',
    image_name: image.name,
    image_tag: tag,
    image_digest: digest.text,
    hash: hash.text,
  };
  const file = writer.file('sources', 'json', `${JSON.stringify({ pins: { it: container }, version: 6 }, null, 2)}\n`);
  const it = writer.bind('pin', `(lib.importJSON ${file}).pins.it`);
  return `${pullOf(writer)} { imageName = ${it}.image_name; imageDigest = ${it}.image_digest; finalImageTag = ${it}.image_tag; inherit (${it}) hash; }`;
};

export const ELSEWHERE: Readonly<Record<string, Shape>> = { importedSet, importedTable, importedFunction, json, npins };
