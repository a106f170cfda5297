# The functions of nixpkgs' lib that all stand-ins of nixpkgs have, each of them with what nixpkgs documents of it.
{
  genAttrs =
    names: value:
    builtins.listToAttrs (
      map (name: {
        inherit name;
        value = value name;
      }) names
    );

  callPackageWith =
    packages: file: overrides:
    let
      function = import file;
    in
    function (builtins.intersectAttrs (builtins.functionArgs function) packages // overrides);
}
