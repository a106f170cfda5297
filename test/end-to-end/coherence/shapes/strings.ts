import { attributesOf, quoted, setOf, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const ociString: Shape = (writer) => {
  const { image, tag, digest } = writer.plan({ moves: true, part: 'root' });
  return `{ image = "${image.name}:${tag}@${digest.text}"; }`;
};

const assembled: Shape = (writer) => {
  const { image, tag, digest } = writer.plan({ part: 'root' });
  const [name, version, d] = [image.name, tag, digest.text].map((text) => writer.bind('part', quoted(text)));
  return `"\${${name}}:\${${version}}@\${${d}}"`;
};

const key: Shape = (writer) => {
  const { image, tag, digest } = writer.plan({ part: 'root' });
  return `{ "${tag}" = "${image.name}@${digest.text}"; }`;
};

const besideCall: Shape = (writer) => {
  const pin = writer.plan({ part: 'root' });
  const digest = writer.bind('digest', quoted(pin.digest.text));
  const set = setOf([...without(attributesOf(pin), 'imageDigest'), ['imageDigest', digest]], writer.random);
  return `[ (${pullOf(writer)} ${set}) "${pin.image.name}:${pin.tag}@\${${digest}}" ]`;
};

const helm: Shape = (writer) => {
  const { image, tag, digest } = writer.plan({ part: 'root' });
  const reference = `${tag}@${digest.text}`;
  return `{ image = { repository = "${image.name}"; tag = "${reference}"; }; ref = "${image.name}:${reference}"; }`;
};

const sum: Shape = (writer) => {
  const { image, tag, digest } = writer.plan({ part: 'root', moves: true });
  const [name, version, d] = [image.name, tag, digest.text].map((text) => writer.bind('part', quoted(text)));
  return writer.random.pick([
    `${name} + ":" + ${version} + "@" + ${d}`,
    `${name} + ":${tag}@" + ${d}`,
    `"${image.name}:\${${version}}@" + ${d}`,
  ]);
};

/** Strings that containers are started from. */
export const STRINGS: Readonly<Record<string, Shape>> = { ociString, assembled, key, besideCall, helm, sum };
