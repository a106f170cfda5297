# A stand-in for the options of NixOS' virtualisation.oci-containers (nixos/modules/virtualisation/oci-containers.nix): it takes a module,
# refuses an option that there is not and a value of another type, and gives the containers with their defaults.
module: pkgs:
let
  isPackage = value: builtins.isAttrs value && (value.type or null) == "derivation";
  options = {
    image.check = builtins.isString;
    imageFile = {
      check = value: value == null || isPackage value;
      default = null;
    };
    pull = {
      check = value: builtins.elem value [ "always" "missing" "never" "newer" ];
      default = "missing";
    };
    autoStart = {
      check = builtins.isBool;
      default = true;
    };
  };
  valueOf =
    container: name:
    if !(container ? ${name}) then
      options.${name}.default or (throw "The option `${name}' is used but not defined")
    else if options.${name}.check container.${name} then
      container.${name}
    else
      throw "A definition for option `${name}' is not of its type";
  checked =
    container:
    let
      unknown = builtins.attrNames (removeAttrs container (builtins.attrNames options));
    in
    if unknown != [ ] then
      throw "The option `${builtins.head unknown}' does not exist"
    else
      builtins.mapAttrs (name: _: valueOf container name) options;
in
builtins.mapAttrs (_: checked) (module { inherit pkgs; }).virtualisation.oci-containers.containers
