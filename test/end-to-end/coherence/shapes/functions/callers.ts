import { attributesOf, jsonOf, quoted, setOf, type Writer } from '../../writer.js';
import type { Shape } from '../calls.js';

/**
 * An expression that calls a file which Nix sees and a bump does not: it hands what stands in the bumped files to a fetcher, and may add to
 * it what the hash was made with.
 */
function unseenCaller(writer: Writer, expression: string): string {
  const path = `${writer.fresh('caller')}.nix`;
  writer.callers[path] = `{ dockerTools, nix2container, lib }:\n${expression.replaceAll(' ./', ' ../bumped/')}\n`;
  return `import (./. + "/../callers/${path}") { inherit dockerTools nix2container lib; }`;
}

const bareSet: Shape = (writer) => {
  const pin = writer.plan({ saysTag: writer.random.chance(0.5) });
  const file = writer.file('image', 'nix', `# pullpin: ${pin.tag}\n${setOf(attributesOf(pin), writer.random)}\n`);
  return unseenCaller(writer, `dockerTools.pullImage (import ${file})`);
};

const siblingTag: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false });
  const attribute = writer.random.pick(['tag', 'imageTag']);
  const set = setOf([...attributesOf(pin), [attribute, quoted(pin.tag)]], writer.random);
  const file = writer.file('image', 'nix', `${set}\n`);
  return unseenCaller(
    writer,
    `let image = import ${file}; in dockerTools.pullImage (removeAttrs image [ "${attribute}" ] // { finalImageTag = image.${attribute}; })`,
  );
};

const lockKey: Shape = (writer) => {
  const pin = writer.plan({ saysTag: false });
  const key = `${pin.image.name}:${pin.tag}`;
  const file = writer.file('images.lock', 'json', `{ ${quoted(key)}: ${jsonOf(attributesOf(pin))} }\n`);
  return unseenCaller(
    writer,
    `dockerTools.pullImage ((lib.importJSON ${file}).${quoted(key)} // { finalImageTag = "${pin.tag}"; })`,
  );
};

const unknownAttribute: Shape = (writer) => {
  const pin = writer.plan({ arch: 'amd64' });
  const set = setOf([...attributesOf(pin), ['configHash', quoted(`sha256-${'A'.repeat(42)}8=`)]], writer.random);
  const file = writer.file('image', 'nix', `${set}\n`);
  return unseenCaller(writer, `dockerTools.pullImage (removeAttrs (import ${file}) [ "configHash" ])`);
};

/** Pins that are handed to a fetcher where a bump does not look. */
export const CALLERS: Readonly<Record<string, Shape>> = { bareSet, siblingTag, lockKey, unknownAttribute };
