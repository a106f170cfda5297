import type { PinValues } from './template-values.js';

/** What each value of a pin is, for docs/templates.md. */
export const VALUE_HELP: Readonly<Record<keyof PinValues, string>> = {
  name: 'the last part of the name, in small letters, digits and dashes; with the tag behind it where several images of a run have that part',
  imageName: 'the name as typed',
  imageDigest: 'the digest to pin',
  finalImageName: 'the name inside the archive',
  finalImageTag: 'the tag inside the archive',
  loadedName: 'name and tag that the image has once it is loaded: `docker.io/library/redis:7.4`',
  tag: 'the tag that belongs to the pin, or null',
  ociString: '`name:tag@sha256:…`',
  hash: 'the hash as `--hash-format` has it',
  sri: 'the hash as SRI',
  nix32: "the hash in Nix's base 32",
  hex: 'the hash in hexadecimal digits',
  hashAttr: 'what `--hash-attr` says',
  outputHashAlgo: '`sha256` when the attribute is `outputHash`, else null',
  os: 'the operating system',
  arch: 'the architecture, in the words of Go',
  variant: 'its variant, or null',
  platform: 'these three in one text: `linux/arm64`',
  system: 'the same as Nix calls it: `aarch64-linux`; null where Nix has no such system',
  platformMatters: 'whether Nix would build something else without `os` and `arch`',
  tlsVerify: 'false when Nix must not verify TLS',
  function: 'what `--function` says, or what the template calls',
  stdenv: 'the `stdenv` beside that function: `pkgs.stdenv` for `pkgs.dockerTools.pullImage`, else `stdenv`',
  manifest: "the manifest of the platform, the registry's own text",
  configDigest: 'the digest of the config, or null',
  layers: 'the layers, each with its `digest`, and with `unpack`: whether the archive has it unpacked',
  quote: 'whether `--quote` was given',
};

/** What stands beside the values of a pin in a template that takes several pins at once. */
export const SEVERAL_HELP: Readonly<Record<string, string>> = {
  systems: 'the pins of an image, one for each Nix system',
  oneSystem: 'whether the image has one only',
  images: 'all images, each with the values of its first pin, `systems` and `oneSystem`',
  pins: 'all pins',
};
