import { NIX_OF_LOCK } from '../files/of-lock.js';
import { nixString } from '../nix/literals/text.js';
import { LOCK_VERSION } from './lock-schema.js';

/** Whether a text is that of an images.nix which pullpin has written, in any version. */
export function isNixOfLock(text: string): boolean {
  return text.startsWith(NIX_OF_LOCK);
}

/**
 * The text of images.nix: a function that turns a lock into a set of derivations. It is the same for any images, because it reads them from the lock,
 * where they are data and no code.
 *
 * @param lockName the name of the lock, which is in the same folder
 */
export function nixFile(lockName: string): string {
  return `${NIX_OF_LOCK} Do not edit: change the TOML file beside it, and run \`pullpin lock\`.
${ARGUMENTS}
let
  lockName = ${nixString(lockName)};
  lockVersion = ${LOCK_VERSION};
${BODY}`;
}

const ARGUMENTS = `{
  pkgs,
  dockerTools ? pkgs.dockerTools,
  nix2container ? pkgs.nix2container,
  system ? pkgs.stdenv.hostPlatform.system,
}:`;

const BODY = `  lock = builtins.fromJSON (builtins.readFile (./. + "/\${lockName}"));

  pull =
    name: image:
    let
      systems = builtins.concatStringsSep ", " (builtins.attrNames image.systems);
      here =
        image.systems.\${system}
          or (throw "\${name} in \${lockName} is locked for \${systems}, not for \${system}");
      source = {
        inherit (image) imageName;
        inherit (here) imageDigest os arch;
        sha256 = here.hash;
      }
      // (if image.tlsVerify or true then { } else { tlsVerify = false; });
      fetched =
        if image.target == "nar" then
          nix2container.pullImage source
        else
          dockerTools.pullImage (source // { inherit (image) finalImageName finalImageTag; });
    in
    # The name and the tag that \`image\` of oci-containers must have beside this \`imageFile\`.
    fetched
    // {
      imageName = image.finalImageName;
      imageTag = image.finalImageTag;
    };
in
if lock.version == lockVersion then
  builtins.mapAttrs pull lock.images
else
  throw "\${lockName} has version \${toString lock.version} of the lock, and this file knows version \${toString lockVersion}: run pullpin lock"
`;
