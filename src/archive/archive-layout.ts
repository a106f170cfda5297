/** Names the layout of the archives whose hash Nix compares. It must change when the bytes for any image change. */
export const DOCKER_ARCHIVE_LAYOUT = 'skopeo-1.15';

/** The layout of skopeo 0.1.40 to 1.1, as nixpkgs had it until 20.03. Today's Nix refuses such a hash; only `explain` makes it. */
export const OLD_ARCHIVE_LAYOUT = 'skopeo-1.1';

export type ArchiveLayout = typeof DOCKER_ARCHIVE_LAYOUT | typeof OLD_ARCHIVE_LAYOUT;
