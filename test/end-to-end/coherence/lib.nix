# The part of nixpkgs' lib that files of pins are written with.
rec {
  inherit (builtins) all any attrNames attrValues concatMap elem elemAt filter fromJSON genList getAttr hasAttr head isAttrs isString length listToAttrs mapAttrs readFile tail;
  fakeHash = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  fakeSha256 = "0000000000000000000000000000000000000000000000000000000000000000";
  importJSON = path: builtins.fromJSON (builtins.readFile path);
  importTOML = path: builtins.fromTOML (builtins.readFile path);
  fileContents = path: removeSuffix "\n" (builtins.readFile path);
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: set: if condition then set else { };
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: list: if condition then list else [ ];
  concatStringsSep = builtins.concatStringsSep;
  concatStrings = builtins.concatStringsSep "";
  concatMapStringsSep = separator: f: list: builtins.concatStringsSep separator (map f list);
  hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      start = builtins.stringLength text - builtins.stringLength suffix;
    in
    start >= 0 && builtins.substring start (-1) text == suffix;
  removePrefix = prefix: text: if hasPrefix prefix text then builtins.substring (builtins.stringLength prefix) (-1) text else text;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then builtins.substring 0 (builtins.stringLength text - builtins.stringLength suffix) text else text;
  stringToCharacters = text: genList (at: builtins.substring at 1 text) (builtins.stringLength text);
  lowerChars = stringToCharacters "abcdefghijklmnopqrstuvwxyz";
  upperChars = stringToCharacters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  toLower = builtins.replaceStrings upperChars lowerChars;
  hasInfix = infix: text: builtins.match ".*${escapeRegex infix}.*" text != null;
  toUpper = builtins.replaceStrings lowerChars upperChars;
  splitString = separator: text: builtins.filter builtins.isString (builtins.split (escapeRegex separator) text);
  escapeRegex = builtins.replaceStrings [ "." "+" "*" "?" "(" ")" "[" "^" "$" "|" "\\" ] [ "\\." "\\+" "\\*" "\\?" "\\(" "\\)" "\\[" "\\^" "\\$" "\\|" "\\\\" ];
  last = list: builtins.elemAt list (builtins.length list - 1);
  init = list: genList (at: elemAt list at) (length list - 1);
  flatten = value: if builtins.isList value then builtins.concatMap flatten value else [ value ];
  forEach = list: f: map f list;
  id = x: x;
  const = x: y: x;
  flip = f: a: b: f b a;
  foldl' = builtins.foldl';
  foldr = f: last: list: if list == [ ] then last else f (builtins.head list) (foldr f last (builtins.tail list));
  pipe = builtins.foldl' (x: f: f x);
  imap0 = f: list: genList (at: f at (elemAt list at)) (length list);
  zipListsWith = f: one: other: genList (at: f (elemAt one at) (elemAt other at)) (length one);
  makeOverridable =
    f: arguments:
    let
      made = f arguments;
    in
    if builtins.isAttrs made then
      made // { override = changes: makeOverridable f (arguments // (if builtins.isFunction changes then changes arguments else changes)); }
    else
      made;
  callPackageWith =
    packages: file: extra:
    let
      function = if builtins.isPath file then import file else file;
    in
    makeOverridable function (builtins.intersectAttrs (builtins.functionArgs function) packages // extra);
  nameValuePair = name: value: { inherit name value; };
  mapAttrs' = f: set: builtins.listToAttrs (mapAttrsToList f set);
  mapAttrsToList = f: set: map (name: f name set.${name}) (builtins.attrNames set);
  genAttrs = names: f: builtins.listToAttrs (map (name: nameValuePair name (f name)) names);
  attrByPath = path: default: set: if path == [ ] then set else if set ? ${builtins.head path} then attrByPath (builtins.tail path) default set.${builtins.head path} else default;
  getAttrFromPath = path: attrByPath path (throw "no such path");
  filterAttrs = keep: set: builtins.listToAttrs (builtins.concatMap (name: optional (keep name set.${name}) (nameValuePair name set.${name})) (builtins.attrNames set));
  recursiveUpdate = left: right: left // builtins.mapAttrs (name: value: if builtins.isAttrs value && builtins.isAttrs (left.${name} or null) then recursiveUpdate left.${name} value else value) right;
  getAttrs = names: set: genAttrs names (name: set.${name});
  versions.majorMinor = version: builtins.concatStringsSep "." (builtins.genList (at: builtins.elemAt (builtins.splitVersion version) at) 2);
  versions.major = version: builtins.head (builtins.splitVersion version);
  mkDefault = value: value;
  mkForce = value: value;
  mkOverride = priority: value: value;
  types = { str = null; };
  mkOption = option: { type = "option"; } // removeAttrs option [ "type" ] // { _type = "option"; };
  # Options with their defaults, and what modules define in place of them.
  evalModules =
    { modules, specialArgs ? { } }:
    let
      loaded = map (module: let value = if builtins.isPath module then import module else module; in if builtins.isFunction value then value (specialArgs // { inherit config lib; }) else value) modules;
      declared = builtins.foldl' recursiveUpdate { } (map (module: module.options or { }) loaded);
      defined = builtins.foldl' recursiveUpdate { } (map (module: module.config or (removeAttrs module [ "options" "imports" ])) loaded);
      configOf = path: options: mapAttrs (name: option: if option._type or "" == "option" then attrByPath (path ++ [ name ]) option.default defined else configOf (path ++ [ name ]) option) options;
      config = recursiveUpdate defined (configOf [ ] declared);
    in
    { inherit config; options = declared; };
  lib = { inherit mkOption types mkDefault optionalString; };
  strings = { inherit removePrefix removeSuffix splitString hasPrefix hasSuffix toLower concatStringsSep; };
  lists = { inherit last flatten; };
}
