# What a file of pins may use of nixpkgs and nix2container, with functions that return what they would fetch. It takes the place of
# nixpkgs itself: `import <nixpkgs> { system = …; }` gives this set for that system.
{
  system ? builtins.currentSystem,
  ...
}:
let
  lib = import ./lib.nix;

  goArchitectures = {
    x86_64-linux = "amd64";
    aarch64-linux = "arm64";
  };
  GOARCH = goArchitectures.${system};

  # lib.fetchers.withNormalizedHash of nixpkgs takes one of these.
  hashOf =
    arguments:
    let
      given = builtins.filter (name: arguments ? ${name}) [ "hash" "sha256" "outputHash" ];
    in
    if builtins.length given == 1 then
      arguments.${builtins.head given}
    else
      throw "a pin has ${toString (builtins.length given)} hashes";

  withoutHash = arguments: removeAttrs arguments [ "hash" "sha256" "outputHash" "outputHashAlgo" ];

  # The closed formals of nixpkgs, so that an argument which it does not know stops Nix here, too.
  archive =
    hash:
    {
      imageName,
      imageDigest,
      os ? "linux",
      arch ? GOARCH,
      finalImageName ? imageName,
      finalImageTag ? "latest",
      tlsVerify ? true,
      name ? "image",
    }:
    { fetches = "archive"; inherit imageName imageDigest hash os arch finalImageName finalImageTag; };

  folder =
    {
      imageName,
      imageDigest,
      sha256,
      os ? "linux",
      arch ? GOARCH,
      tlsVerify ? true,
      name ? "image",
    }:
    { fetches = "folder"; inherit imageName imageDigest os arch; hash = sha256; };

  dockerTools.pullImage = arguments: archive (hashOf arguments) (withoutHash arguments);

  nix2container = {
    pullImage = folder;
    pullImageFromManifest = _: null;
    packages = builtins.mapAttrs (system: _: { inherit (import ./stand-ins.nix { inherit system; }) nix2container; }) goArchitectures;
  };

  # The function of the template layered; its layers say which image it is.
  pullLayeredImage =
    { configDigest, layers, ... }@arguments:
    archive (hashOf arguments) (
      { arch = "amd64"; } // removeAttrs (withoutHash arguments) [ "configDigest" "layers" "variant" ]
    )
    // { parts = { inherit configDigest layers; }; };

  # A fetcher of somebody's own: a derivation with a fixed output.
  runCommand =
    name: attributes: script:
    {
      fetches = if attributes.outputHashMode or "flat" == "recursive" then "folder" else "archive";
      inherit (attributes) imageName imageDigest;
      hash = attributes.outputHash;
      os = "linux";
      arch = attributes.arch or GOARCH;
      finalImageName = attributes.finalImageName or attributes.imageName;
      finalImageTag = attributes.finalImageTag or "latest";
    };

  platform = {
    inherit system;
    isx86_64 = system == "x86_64-linux";
    isAarch64 = system == "aarch64-linux";
    isLinux = true;
    parsed.cpu.name = builtins.head (builtins.split "-" system);
  };
  stdenv = { hostPlatform = platform; buildPlatform = platform; } // platform;

  pkgs = {
    inherit lib system stdenv dockerTools nix2container pullLayeredImage runCommand;
    inherit (stdenv) hostPlatform;
    go = { inherit GOARCH; GOOS = "linux"; };
    pkgsCross.aarch64-multiplatform = import ./stand-ins.nix { system = "aarch64-linux"; };
    legacyPackages = builtins.mapAttrs (system: _: import ./stand-ins.nix { inherit system; }) goArchitectures;
    callPackage = lib.callPackageWith all;
    newScope = extra: lib.callPackageWith (all // extra);
  };
  all = pkgs // { inherit pkgs; nixpkgs = pkgs; };
in
all
