import { type PlannedPin, quoted, type Writer } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const INDEX = { kind: 'index', part: 'root', arch: 'amd64' } as const;

function call(pull: string, { image }: PlannedPin, digest: string, more: string): string {
  return `(${pull} { imageName = "${image.name}"; imageDigest = ${digest}; ${more} })`;
}

function newHash(writer: Writer): string {
  return quoted(writer.marks.hash(writer.format()).text);
}

const oneSaysTag: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const digest = writer.bind('digest', quoted(pin.digest.text));
  const tagged = `sha256 = "${pin.hash.text}"; arch = "amd64"; finalImageTag = "${pin.tag}";`;
  const untagged = `sha256 = ${newHash(writer)}; arch = "arm64";`;
  return `[ ${call(pullOf(writer), pin, digest, tagged)} ${call(pullOf(writer), pin, digest, untagged)} ]`;
};

const archiveAndFolder: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const digest = writer.bind('digest', quoted(pin.digest.text));
  const archive = `sha256 = "${pin.hash.text}"; arch = "amd64"; finalImageTag = "${pin.tag}";`;
  const folder = `sha256 = ${newHash(writer)}; arch = "amd64";`;
  return `[ ${call(pullOf(writer), pin, digest, archive)} ${call('nix2container.pullImage', pin, digest, folder)} ]`;
};

/** Several pins on one digest. */
export const SHARED: Readonly<Record<string, Shape>> = { oneSaysTag, archiveAndFolder };
