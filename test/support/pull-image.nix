# The judge of what pullpin prints: dockerTools.pullImage and nix2container.pullImage as fixed-output derivations that run the
# commands of nixpkgs and of nix2container, with the skopeo of this machine instead of one that Nix builds.
{
  system ? builtins.currentSystem,
  # Where skopeo gets an image from, and how.
  sourceOptions ? tlsVerify: "--src-tls-verify=${if tlsVerify then "true" else "false"}",
}:
let
  # go.GOARCH of the host, which both functions take when `arch` is not given.
  hostArch = { x86_64-linux = "amd64"; aarch64-linux = "arm64"; i686-linux = "386"; }.${system};

  derivationName = builtins.replaceStrings [ "/" ":" ] [ "-" "-" ];

  fixedOutput =
    attributes: script:
    derivation (
      {
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [ "-euc" script ];
        PATH = builtins.getEnv "PATH";
        # As a rootless user, skopeo keeps its cache of blobs in the build's home, not in /var/lib/containers.
        _CONTAINERS_ROOTLESS_UID = "1000";
        impureEnvVars = [ "http_proxy" "https_proxy" "no_proxy" "HTTP_PROXY" "HTTPS_PROXY" "NO_PROXY" "SSL_CERT_FILE" "CONTAINERS_REGISTRIES_CONF" ];
      }
      // attributes
    );

  # lib.fetchers.withNormalizedHash { }: one of `hash` and `sha256`, or `outputHash` together with `outputHashAlgo`.
  withNormalizedHash =
    fetcher: arguments:
    let
      given = builtins.filter (name: arguments ? ${name}) [ "hash" "sha256" ];
      attribute = builtins.head given;
    in
    if arguments ? outputHash then
      fetcher arguments
    else if given == [ ] then
      throw "pullImage: no hash was given"
    else if builtins.length given > 1 then
      throw "pullImage: both hash and sha256 were given"
    else
      fetcher (
        removeAttrs arguments given
        // {
          outputHash = arguments.${attribute};
          outputHashAlgo = if attribute == "hash" then null else attribute;
        }
      );
in
{
  dockerTools.pullImage = withNormalizedHash (
    {
      imageName,
      imageDigest,
      outputHash,
      outputHashAlgo,
      os ? "linux",
      arch ? hostArch,
      finalImageName ? imageName,
      finalImageTag ? "latest",
      tlsVerify ? true,
      name ? derivationName "docker-image-${finalImageName}-${finalImageTag}.tar",
    }:
    fixedOutput
      {
        inherit name outputHash outputHashAlgo;
        outputHashMode = "flat";
        sourceURL = "docker://${imageName}@${imageDigest}";
        destNameTag = "${finalImageName}:${finalImageTag}";
      }
      ''
        export HOME=$TMPDIR
        skopeo --insecure-policy --tmpdir=$TMPDIR --override-os ${os} --override-arch ${arch} copy \
          ${sourceOptions tlsVerify} "$sourceURL" "docker-archive://$out:$destNameTag"
      ''
  );

  stdenv.hostPlatform = { inherit system; };

  # Only the directory that is fetched, not the JSON that nix2container's own program makes of it.
  nix2container.pullImage =
    {
      imageName,
      imageDigest,
      sha256,
      os ? "linux",
      arch ? hostArch,
      tlsVerify ? true,
      name ? derivationName "docker-image-${imageName}",
    }:
    fixedOutput
      {
        inherit name;
        outputHash = sha256;
        outputHashAlgo = "sha256";
        outputHashMode = "recursive";
        sourceURL = "docker://${imageName}@${imageDigest}";
      }
      ''
        export HOME=$TMPDIR
        skopeo --insecure-policy --tmpdir=$TMPDIR --override-os ${os} --override-arch ${arch} copy \
          ${sourceOptions tlsVerify} "$sourceURL" "dir://$out"
      '';

  # Only its blobs: each layer and the config is a fixed-output derivation of its own, as `skopeo layers` brings them.
  nix2container.pullImageFromManifest =
    {
      imageName,
      imageManifest,
      imageTag ? "latest",
      tlsVerify ? true,
      registryUrl ? "registry-1.docker.io",
    }:
    let
      manifest = builtins.fromJSON (builtins.readFile imageManifest);
      blob =
        { digest, ... }:
        fixedOutput
          {
            name = builtins.substring 7 (-1) digest;
            outputHash = digest;
            outputHashAlgo = null;
            outputHashMode = "flat";
          }
          ''
            export HOME=$TMPDIR
            cd $TMPDIR
            skopeo --insecure-policy --tmpdir=$TMPDIR layers "docker://${registryUrl}/${imageName}:${imageTag}" ${digest} \
              --tls-verify=${if tlsVerify then "true" else "false"}
            mv layers-*/$name $out
          '';
    in
    map blob (manifest.layers ++ [ manifest.config ]);

  writeShellScript =
    name: text:
    derivation {
      inherit name text;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      args = [ "-euc" ''printf '%s\n%s' '#!/bin/sh' "$text" >$out; chmod +x $out'' ];
      PATH = builtins.getEnv "PATH";
    };
}
