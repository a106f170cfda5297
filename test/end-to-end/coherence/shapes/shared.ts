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

/** One hash cannot be that of an archive and of a folder. */
const twoFetchers: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, saysTag: false });
  const set = `{ imageName = "${pin.image.name}"; imageDigest = "${pin.digest.text}"; sha256 = "${pin.hash.text}"; arch = "amd64"; }`;
  const image = writer.bind('image', `\n# pullpin: ${pin.tag}\n${set}`);
  return `[ (${pullOf(writer)} ${image}) (nix2container.pullImage ${image}) ]`;
};

/** A function that takes one fetcher or the other, as its caller says. */
const fetcherByFlag: Shape = (writer) => {
  const isFolder = writer.random.chance(0.5);
  const pin = writer.plan({ ...INDEX, isFolder, saysTag: false, moves: true });
  const pull = writer.bind(
    'pull',
    `isFolder: image: if isFolder then nix2container.pullImage image else ${pullOf(writer)} image`,
  );
  const set = `{ imageName = "${pin.image.name}"; imageDigest = "${pin.digest.text}"; sha256 = "${pin.hash.text}"; arch = "amd64"; }`;
  return `(\n  # pullpin: ${pin.tag}\n  ${pull} ${isFolder} ${set})`;
};

/** The name in the archive has the digest in it. */
const digestInName: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, saysTag: false });
  const hex = writer.bind('hex', quoted(pin.digest.text.slice(7)));
  const names = `finalImageName = "renamed/\${${hex}}"; finalImageTag = "${pin.tag}";`;
  return `(\n  # pullpin: ${pin.tag}\n  ${call(pullOf(writer), pin, `"sha256:\${${hex}}"`, `sha256 = "${pin.hash.text}"; arch = "amd64"; ${names}`)})`;
};

/** A function whose callers give the hash, and one of these callers is not seen. */
const functionGivenAway: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const digest = writer.bind('digest', quoted(pin.digest.text));
  const more = `finalImageTag = "${pin.tag}"; inherit arch sha256;`;
  const pull = writer.bind('pull', `arch: sha256: ${call(pullOf(writer), pin, digest, more)}`);
  return `[ (${pull} "amd64" "${pin.hash.text}") (${writer.unseen(`f: hash: f "arm64" hash`)} ${pull} ${newHash(writer)}) ]`;
};

/** A string with the digest of a call, which says its own image or tag in some way. */
const ownTag: Shape = (writer) => {
  const { image, hash } = writer.plan(INDEX);
  const [one = '', other = one] = image.tags;
  const tag = writer.random.pick([one, other]);
  const truth = { image, tags: [one, tag], state: 'old', part: 'root' } as const;
  const digest = writer.bind('digest', quoted(writer.marks.digest(truth).text));
  const string = writer.random.pick([
    `"${image.name}:${tag}@\${${digest}}"`,
    `\n# pullpin: ${tag}\n"${image.name}@\${${digest}}"`,
    `"${image.name}@\${${digest}}" # tag ${tag}\n`,
    `{ repository = "${image.name}"; tag = "${tag}@\${${digest}}"; }`,
    `{ "${tag}" = "${image.name}@\${${digest}}"; }`,
  ]);
  const more = `sha256 = "${hash.text}"; arch = "amd64"; finalImageTag = "${one}";`;
  const pull = `(${pullOf(writer)} { imageName = "${image.name}"; imageDigest = ${digest}; ${more} })`;
  return `[ ${pull}\n${string} ]`;
};

/** Several pins on one digest. */
export const SHARED: Readonly<Record<string, Shape>> = {
  oneSaysTag,
  archiveAndFolder,
  twoFetchers,
  fetcherByFlag,
  digestInName,
  functionGivenAway,
  ownTag,
};
