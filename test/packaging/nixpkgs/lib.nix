# The functions of nixpkgs' lib that package.nix and flake.nix call, each of them with what nixpkgs documents of it. The tests put nixpkgs-lib.nix
# beside it.
import ./nixpkgs-lib.nix
// rec {
  importJSON = path: builtins.fromJSON (builtins.readFile path);
  filterAttrs = keep: set: removeAttrs set (builtins.filter (name: !keep name set.${name}) (builtins.attrNames set));
  mapAttrs = builtins.mapAttrs;
  last = list: builtins.elemAt list (builtins.length list - 1);
  splitString = separator: text: builtins.filter builtins.isString (builtins.split separator text);
  replaceStrings = builtins.replaceStrings;
  fetchers.proxyImpureEnvVars = [ "http_proxy" "https_proxy" "no_proxy" ];
  licenses.mit.spdxId = "MIT";

  # A fileset is here the list of its paths; one of them may stand with a folder that is left out.
  fileset = {
    unions = paths: assert builtins.all (each: builtins.pathExists (each.whole or each)) paths; paths;
    difference = whole: without: { inherit whole without; };
    maybeMissing = path: path;
    toSource =
      { root, fileset }:
      builtins.path {
        name = "source";
        path = root;
        filter =
          path: _:
          builtins.any (
            each:
            let
              wanted = toString (each.whole or each);
              inside = outer: inner: outer == inner || builtins.substring 0 (builtins.stringLength outer + 1) inner == outer + "/";
            in
            (inside wanted path || inside path wanted) && !(each ? without && inside (toString each.without) path)
          ) fileset;
      };
  };
}
