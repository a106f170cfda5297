# Hands every set that has the attributes of a pin to pullImage, wherever it stands in the value of a file.
file: standIns:
let
  call = function: function (builtins.intersectAttrs (builtins.functionArgs function) standIns);

  # The JSON of nix-prefetch-docker has its hash twice.
  pulls =
    pin:
    map (attribute: standIns.dockerTools.pullImage (removeAttrs pin [ "hash" "sha256" "tag" "imageTag" ] // { ${attribute} = pin.${attribute}; })) (
      builtins.filter (attribute: pin ? ${attribute}) [ "hash" "sha256" ]
    );

  container =
    { image_name, image_tag, image_digest, hash, ... }:
    standIns.dockerTools.pullImage { imageName = image_name; imageDigest = image_digest; finalImageTag = image_tag; inherit hash; };

  use =
    value:
    if builtins.isList value then
      map use value
    else if builtins.isPath value then
      null
    else if builtins.isFunction value then
      if builtins.functionArgs value ? nixpkgs then use (call value) else null
    else if !builtins.isAttrs value || value ? fetches then
      value
    else if value ? imageName && value ? imageDigest then
      pulls value
    else if value.type or "" == "Container" then
      container value
    else
      builtins.mapAttrs (_: use) value;

  content = if builtins.match ".*\\.json" (toString file) == null then import file else builtins.fromJSON (builtins.readFile file);
in
use (if builtins.isFunction content then call content else content)
