import type { Platform } from '../../oci/platform.js';

/** `all` plans digests and hashes; `digests` only finds what is outdated; `hashes` computes the hashes of the digests as written. */
export type BumpMode = 'all' | 'digests' | 'hashes';

/** Which digest a bumped pin carries: one of the same kind as before, that of the tag's index, or that of its platform's manifest. */
export type DigestPolicy = 'keep' | 'index' | 'platform';

export interface SiteSettings {
  /** For pins that go through an index and give no architecture. */
  readonly platform: Platform;
  /** Whether the user has said so. */
  readonly isPlatformChosen: boolean;
  /** The tag of pins that show none. */
  readonly assumeTag: string | undefined;
  readonly digest: DigestPolicy;
  readonly mode: BumpMode;
  /** Whether a table by system keeps its entries, or gets one for each system of the image. */
  readonly systems: 'keep' | 'all';
  /** Whether pins that go through an index and give no architecture get `os` and `arch`. */
  readonly addArch: boolean;
  /** Whether a pin is written whose recipe is assumed and could not be proven. */
  readonly unproven: boolean;
  /** Whether what new pins fetch is kept, as in the Nix store. */
  readonly keepsArchives: boolean;
  /** The text of a file that pins are written in. */
  readonly read: (path: string) => string | undefined;
}
