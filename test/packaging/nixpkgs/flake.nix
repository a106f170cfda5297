{
  outputs = _: {
    lib = import ./lib.nix;
    legacyPackages.${builtins.currentSystem} = import ./packages.nix;
  };
}
