# pullpin for Nix: `callPackage ./package.nix { }`, with nixpkgs 25.05 or newer. See docs/packaging.md.
{
  lib,
  stdenv,
  buildNpmPackage,
  importNpmLock,
  nodejs,
  runCommand,
  cacert,
}:
let
  package = lib.importJSON ./package.json;
  lock = lib.importJSON ./package-lock.json;

  # Tools of the build bring a package with a program for each kind of machine; all but the one for this machine are left out, as npm does.
  inherit (stdenv.buildPlatform) node;
  fits = _: module:
    !(module.optional or false)
    || (
      builtins.elem node.platform (module.os or [ node.platform ])
      && builtins.elem node.arch (module.cpu or [ node.arch ])
    );
  packages = lib.filterAttrs fits lock.packages;

  # package-lock.json has the integrity of each package and no address, so that it is right with every registry. npm itself knows where
  # packages are; NPM_CONFIG_REGISTRY, of the program that builds, names another place. A hash for Nix need not be kept: it is the integrity.
  tarball =
    path: module:
    let
      name = lib.last (lib.splitString "node_modules/" path);
    in
    runCommand "${lib.replaceStrings [ "@" "/" ] [ "" "-" ] name}-${module.version}.tgz"
      {
        outputHashMode = "flat";
        outputHash = module.integrity;
        nativeBuildInputs = [ nodejs ];
        impureEnvVars = lib.fetchers.proxyImpureEnvVars ++ [ "NPM_CONFIG_REGISTRY" ];
        NODE_EXTRA_CA_CERTS = "${cacert}/etc/ssl/certs/ca-bundle.crt";
        spec = "${name}@${module.version}";
      }
      ''
        export HOME="$PWD"
        mkdir packed
        npm pack --ignore-scripts --loglevel=error --update-notifier=false --pack-destination=packed -- "$spec"
        mv packed/*.tgz "$out"
      '';
  tarballs = lib.mapAttrs tarball (lib.filterAttrs (path: _: path != "") packages);
in
buildNpmPackage {
  pname = package.name;
  inherit (package) version;

  # What the build reads and what the package has: another change of the repository builds nothing anew.
  src = lib.fileset.toSource {
    root = ./.;
    fileset = lib.fileset.unions [
      ./CHANGELOG.md
      ./LICENSE
      ./README.md
      ./docs
      ./package-lock.json
      ./package.json
      (lib.fileset.difference ./scripts (
        lib.fileset.unions [
          (lib.fileset.maybeMissing ./scripts/api-reference)
          (lib.fileset.maybeMissing ./scripts/mutation)
        ]
      ))
      ./src
      ./templates
      ./tsconfig.json
    ];
  };

  npmDeps = importNpmLock {
    inherit package;
    packageLock = lock // {
      inherit packages;
    };
    packageSourceOverrides = tarballs;
  };
  inherit (importNpmLock) npmConfigHook;

  # The build phase has built it: packing need not do so once more.
  npmPackFlags = [ "--ignore-scripts" ];

  doInstallCheck = true;
  installCheckPhase = ''
    runHook preInstallCheck
    test "$("$out/bin/pullpin" --version)" = ${package.version}
    runHook postInstallCheck
  '';

  passthru = {
    inherit tarballs;
  };

  meta = {
    inherit (package) description;
    license = lib.licenses.mit;
    mainProgram = "pullpin";
  };
}
