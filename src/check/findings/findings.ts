/**
 * How bad a finding is. With an `error`, the pin cannot be built, or nothing is known of it; with a `warning`, it should change; a `note` is for
 * information.
 */
export type FindingLevel = 'error' | 'warning' | 'note';

interface Kind {
  readonly level: FindingLevel;
  /** What it means, as the documentation and SARIF have it. */
  readonly meaning: string;
}

/** Every finding of `pullpin check` by its code. Codes are never renamed. */
export const FINDINGS = {
  'dead-digest': {
    level: 'error',
    meaning: 'The registry has nothing under the digest any more, so the image cannot be pulled.',
  },
  'dead-image': {
    level: 'error',
    meaning: 'The registry has the index, and no longer an image that it lists.',
  },
  'dead-config': { level: 'error', meaning: 'The registry has lost the config of the image (`--deep`).' },
  'dead-layer': { level: 'error', meaning: 'The registry has lost a layer of the image (`--deep`).' },
  'dead-tag': { level: 'error', meaning: 'The registry no longer has the tag that the pin follows.' },
  'look-up-failed': {
    level: 'error',
    meaning: 'The registry did not answer, or refused to. Nothing is known of the pin.',
  },
  unsigned: {
    level: 'error',
    meaning: 'The digest is not signed as `--verify-signature` asks.',
  },
  'unusable-image': {
    level: 'error',
    meaning: 'The digest is of something that skopeo refuses, so Nix cannot fetch it.',
  },
  'moved-tag': { level: 'warning', meaning: 'The tag that the pin follows has another digest now.' },
  'newer-tag': {
    level: 'warning',
    meaning: 'The rule of the pin, such as `# pullpin: ^1.27`, leads to another tag now.',
  },
  'stale-lock': {
    level: 'warning',
    meaning: 'The lock of `pullpin lock` does not fit its images.toml, or is not as pullpin writes it.',
  },
  'no-digest': { level: 'error', meaning: 'The pin has no digest yet.' },
  'no-hash': { level: 'error', meaning: 'No hash stands beside the digest.' },
  'missing-platform': { level: 'error', meaning: 'The index has no image for the `os` and `arch` of the pin.' },
  'wrong-arch': {
    level: 'error',
    meaning: 'The digest is of one image, which is for another platform than the pin says.',
  },
  'missing-arch': {
    level: 'warning',
    meaning:
      'The digest is of an index and the pin has no `arch`: each machine fetches another image, and the hash is right for one of them.',
  },
  'shared-hash': {
    level: 'warning',
    meaning: 'The pin has one hash for several architectures, and it is right for one of them.',
  },
  'placeholder-hash': { level: 'error', meaning: 'The hash is still to be filled in, such as `lib.fakeHash`.' },
  'malformed-hash': {
    level: 'error',
    meaning: 'The hash is not a sha256 in a form of Nix, for example because it has the wrong length.',
  },
  'untyped-hash': {
    level: 'error',
    meaning: 'The attribute `hash` wants `sha256-…` or `sha256:…`, and the hash has neither.',
  },
  'digest-as-hash': {
    level: 'error',
    meaning: 'The hash is a digest of the image. Nix wants the hash of the whole archive.',
  },
  'wrong-hash': {
    level: 'error',
    meaning: 'What Nix fetches has another hash (found with `--hashes`, or when an earlier run has hashed it).',
  },
  'other-fetcher': {
    level: 'error',
    meaning:
      'The hash is of what `nix2container.pullImage` fetches, in a call of `dockerTools.pullImage`, or the other way round.',
  },
  'other-platform': { level: 'error', meaning: 'The hash is of the image of another platform.' },
  'other-name': {
    level: 'error',
    meaning: 'The hash is of an archive with another name or tag inside than the pin gives.',
  },
  'other-image': {
    level: 'error',
    meaning:
      'The `image` of a container is not the name and tag inside of its `imageFile`, so another image would be pulled.',
  },
  untracked: { level: 'note', meaning: 'Nothing says which tag the pin follows, so only its digest is checked.' },
  'unfollowed-part': {
    level: 'note',
    meaning: 'A part of the pin is computed in a way that is not followed, so that part is not checked.',
  },
  unfollowable: {
    level: 'error',
    meaning: 'It looks like a pin, and its values are computed in a way that is not followed.',
  },
  unreadable: { level: 'error', meaning: 'The file cannot be read, or is not what its name says.' },
  'malformed-digest': { level: 'error', meaning: 'The digest is not `sha256:` and 64 lower-case hex digits.' },
  'malformed-reference': {
    level: 'error',
    meaning:
      'The name of the image is not one that a registry can have, or its final name or tag is not one that an archive can have.',
  },
  'malformed-arch': { level: 'error', meaning: 'No image has an architecture of this name.' },
  'malformed-os': { level: 'error', meaning: 'No image has an operating system of this name.' },
  'malformed-directive': {
    level: 'error',
    meaning: 'A comment begins with `pullpin:` and says nothing that pullpin knows.',
  },
  'stray-directive': { level: 'note', meaning: 'A comment for pullpin belongs to no pin.' },
  unrecognised: { level: 'note', meaning: 'A digest stands in a file, and nothing shows what it is for.' },
  template: { level: 'note', meaning: 'A function whose callers give the digest.' },
  'manifest-file': { level: 'note', meaning: 'The pin is a manifest file of nix2container, which is not checked.' },
  'unknown-argument': { level: 'note', meaning: 'The call has an argument that pullpin does not know.' },
  'other-hash': { level: 'note', meaning: 'A second hash stands beside the digest.' },
  'foreign-fetcher': { level: 'note', meaning: 'The function that gets the pin passes nothing to `pullImage`.' },
  'unknown-fetcher': { level: 'note', meaning: 'Nothing shows what the function makes that is called.' },
} as const satisfies Readonly<Record<string, Kind>>;

export type FindingCode = keyof typeof FINDINGS;
