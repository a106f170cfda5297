{
  description = "Pin container images for Nix, without skopeo and without Nix";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      systems = [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ];
      eachSystem = make: nixpkgs.lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system} self.packages.${system});
    in
    {
      packages = eachSystem (
        pkgs: _: rec {
          pullpin = pkgs.callPackage ./package.nix { };
          default = pullpin;
        }
      );

      apps = eachSystem (
        _: packages:
        let
          app = name: {
            type = "app";
            program = "${packages.pullpin}/bin/${name}";
            meta.description = "Pin container images for Nix";
          };
        in
        {
          default = app "pullpin";
          pullpin = app "pullpin";
          nix-prefetch-docker = app "nix-prefetch-docker";
        }
      );

      # The package pins an image of a folder, and finds the pin that it wrote: no network is needed.
      checks = eachSystem (
        pkgs: packages: {
          pins = pkgs.runCommand "pullpin-pins" { nativeBuildInputs = [ packages.pullpin ]; } ''
            export HOME="$PWD"
            pullpin registry.example/hello:1 --from oci:${./fixtures/images/hello} >pin.nix
            pullpin list pin.nix | grep -F "registry.example/hello  1 "
            cp pin.nix "$out"
          '';
        }
      );

      overlays.default = final: _: {
        pullpin = final.callPackage ./package.nix { };
      };
    };
}
