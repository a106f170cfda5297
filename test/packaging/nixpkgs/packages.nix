# The packages of nixpkgs that package.nix and flake.nix take. Those that would need a network or a build are stand-ins that give their arguments back;
# importNpmLock rewrites the lock as the one of nixpkgs does.
let
  lib = import ./lib.nix;
  programs =
    name: names:
    derivation {
      inherit name;
      system = builtins.currentSystem;
      builder = "/bin/sh";
      PATH = "/usr/bin:/bin";
      args = [ "-euc" ''mkdir -p "$out/bin"; for program in ${toString names}; do ln -s "/usr/bin/$program" "$out/bin/"; done'' ];
    };
  writeText = builtins.toFile;
  self = {
    inherit lib;
    stdenv.buildPlatform.node = {
      platform = "linux";
      arch = if builtins.currentSystem == "aarch64-linux" then "arm64" else "x64";
    };
    nodejs = programs "nodejs" [ "node" "npm" ];
    cacert = writeText "cacert" "";
    coreutils = programs "coreutils" [ "mkdir" "mv" "cp" "grep" ];

    runCommand =
      name: attributes: script:
      derivation (
        removeAttrs attributes [ "nativeBuildInputs" ]
        // {
          inherit name;
          system = builtins.currentSystem;
          builder = "/bin/sh";
          args = [ "-euc" script ];
          PATH = builtins.concatStringsSep ":" (map (each: "${each}/bin") (attributes.nativeBuildInputs or [ ] ++ [ self.coreutils ]));
        }
      );

    buildNpmPackage =
      arguments:
      derivation {
        name = "${arguments.pname}-${arguments.version}";
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [ "-c" "echo 'this stand-in of nixpkgs builds no package' >&2; exit 1" ];
      }
      // arguments.passthru
      // {
        inherit arguments;
      };

    importNpmLock = {
      npmConfigHook = "the hook of importNpmLock";
      __functor =
        _:
        {
          package,
          packageLock,
          packageSourceOverrides ? { },
        }:
        let
          addressed = builtins.mapAttrs (
            path: module:
            if packageSourceOverrides ? ${path} then
              module // { resolved = "file:${packageSourceOverrides.${path}}"; }
            else if module ? resolved then
              throw "a network would be needed for ${path}"
            else
              module
          ) packageLock.packages;
          addresses = builtins.mapAttrs (name: _: addressed."node_modules/${name}".resolved);
        in
        {
          packageLock = packageLock // {
            packages = addressed;
          };
          package = package // {
            devDependencies = addresses package.devDependencies;
          };
        };
    };

    callPackage = lib.callPackageWith self;
  };
in
self
