import type { PinAttributes } from '../../src/nix/render/values/template-values.js';
import { digestOf } from '../../src/oci/verified.js';

/** A pin as templates are given it. */
export const REDIS_ATTRIBUTES: PinAttributes = {
  imageName: 'redis',
  imageDigest: digestOf('a manifest'),
  hash: digestOf('hello\n'),
  finalImageName: 'redis',
  finalImageTag: '7.4',
  tag: '7.4',
  os: 'linux',
  arch: 'amd64',
  platformMatters: false,
  tlsVerify: true,
};
