# The part of nixpkgs that a printed expression may use, with the programs of this machine instead of those that Nix builds. Nothing but the
# listed inputs of a derivation is in its PATH, as in nixpkgs.
let
  build =
    attributes: script:
    derivation (
      {
        system = builtins.currentSystem;
        builder = "/bin/sh";
        args = [ "-euc" script ];
      }
      // attributes
    );

  # A package with some programs of the machine.
  programs =
    name: names:
    build { inherit name; PATH = "/usr/bin:/bin"; } ''
      mkdir -p "$out/bin"
      for program in ${toString names}; do ln -s "/usr/bin/$program" "$out/bin/"; done
    '';

  coreutils = programs "coreutils" [ "cat" "cp" "ls" "mkdir" "mv" "rm" ];
in
rec {
  python3 = programs "python3" [ "python3" ];
  curl = programs "curl" [ "curl" ];
  zstd = programs "zstd" [ "zstd" ];

  cacert = build { name = "cacert"; PATH = "/usr/bin:/bin"; } ''
    mkdir -p "$out/etc/ssl/certs"
    touch "$out/etc/ssl/certs/ca-bundle.crt"
  '';

  lib.fetchers.proxyImpureEnvVars = [ "http_proxy" "https_proxy" "ftp_proxy" "all_proxy" "no_proxy" ];

  writeText =
    name: text:
    build { inherit name text; passAsFile = [ "text" ]; PATH = "${coreutils}/bin"; } ''
      cp "$textPath" "$out"
    '';

  # As the stdenv of nixpkgs, it sets a file of certificates that is not there, unless one is given.
  runCommand =
    name: attributes: script:
    build (
      removeAttrs attributes [ "nativeBuildInputs" ]
      // {
        inherit name;
        PATH = builtins.concatStringsSep ":" (map (package: "${package}/bin") (attributes.nativeBuildInputs or [ ] ++ [ coreutils ]));
      }
    ) ''
      export NIX_SSL_CERT_FILE="''${NIX_SSL_CERT_FILE:-/no-cert-file.crt}"
      ${script}
    '';
}
