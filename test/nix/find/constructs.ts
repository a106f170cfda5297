// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Nix has interpolations of its own

const DIGEST = `sha256:${'ab'.repeat(32)}`;
const PIN = `pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = "${DIGEST}"; sha256 = "${'0'.repeat(52)}"; finalImageTag = "7"; }`;

function digest(n: number): string {
  return `sha256:${n.toString(16).padStart(64, '0')}`;
}

function pin(n: number): string {
  return `pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = "${digest(n)}"; sha256 = "${'0'.repeat(52)}"; finalImageTag = "7"; }`;
}

function times(count: number, write: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => write(n)).join('');
}

/** Sources by what grows in them. Each has a pin, so that it is looked at. */
export const CONSTRUCTS: Readonly<Record<string, (size: number) => string>> = {
  'calls in calls': (n) => `{ p = ${PIN}; x = ${'f ('.repeat(n)}1${')'.repeat(n)}; }`,
  'arguments of a call': (n) => `{ p = ${PIN}; x = f ${'a '.repeat(n)}; }`,
  'local functions in calls': (n) =>
    `let f = image: image; in { p = ${PIN}; x = ${'f ('.repeat(n)}1${')'.repeat(n)}; }`,
  'a pin in calls': (n) => `let f = image: image; in { x = ${'f ('.repeat(n)}${PIN}${')'.repeat(n)}; }`,
  'a list': (n) => `{ p = ${PIN}; x = [ ${'1 '.repeat(n)} ]; }`,
  'a list of digests': (n) => `{ p = ${PIN}; x = [ ${times(n, (at) => `"${digest(at)}" `)} ]; }`,
  'a list of references': (n) => `{ p = ${PIN}; x = [ ${times(n, (at) => `"redis@${digest(at)}" `)} ]; }`,
  'references by key': (n) => `{ p = ${PIN}; x = { ${times(n, (at) => `k${at} = "redis@${digest(at)}"; `)} }; }`,
  'digests by name': (n) => `{ p = ${PIN}; x = { ${times(n, (at) => `digest${at} = "${digest(at)}"; `)} }; }`,
  'one digest many times': (n) => `{ ${times(n, (at) => `p${at} = ${PIN};\n`)} }`,
  'pins one by line': (n) => `{ ${times(n, (at) => `p${at} = ${pin(at)};\n`)} }`,
  'pins on one line': (n) => `{ ${times(n, (at) => `p${at} = ${pin(at)};`)} }`,
  'pins in a list': (n) => `[ ${times(n, (at) => `(${pin(at)})\n`)} ]`,
  'pins with comments': (n) => `{ ${times(n, (at) => `# pullpin: ${at}\np${at} = ${pin(at)};\n`)} }`,
  'pins of one system each': (n) =>
    `{ x = { x86_64-linux = { ${times(n, (at) => `p${at} = ${pin(at)};\n`)} }; }; y = pkgs.system; }`,
  'pins that share a digest': (n) =>
    `let d = "${DIGEST}"; in { ${times(n, (at) => `p${at} = pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = d; sha256 = "${at.toString().padStart(52, '0')}"; };\n`)} }`,
  'references with one digest': (n) => `{ ${times(n, (at) => `p${at} = "redis:${at}@${DIGEST}";\n`)} }`,
  'a mapped function': (n) =>
    `{ x = map (d: pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = d; sha256 = "${'0'.repeat(52)}"; }) [ ${times(n, (at) => `"${digest(at)}"\n`)} ]; }`,
  'a mapped function of sets': (n) =>
    `{ x = map (p: pkgs.dockerTools.pullImage { inherit (p) imageName imageDigest sha256; }) [ ${times(n, (at) => `{ imageName = "redis"; imageDigest = "${digest(at)}"; sha256 = "${'0'.repeat(52)}"; }\n`)} ]; }`,
  'mapped strings': (n) =>
    `{ p = ${PIN}; x = map (image: "\${image}@${DIGEST}") [ ${times(n, (at) => `"a${at}" `)} ]; }`,
  'defaults of a function': (n) => `{ ${times(n, (at) => `a${at} ? 1, `)} ... }: ${PIN}`,
  'defaults that are pins': (n) => `{ ${times(n, (at) => `a${at} ? ${pin(at)}, `)} ... }: 1`,
  'defaults that name each other': (n) =>
    `({ a0 ? "${DIGEST}", ${times(n, (at) => `a${at + 1} ? a${at}, `)} ... }: pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = a${n}; }) { }`,
  'bindings of a let': (n) => `let ${times(n, (at) => `a${at} = ${at}; `)} in ${PIN}`,
  'bindings that name each other': (n) =>
    `let a0 = "${DIGEST}"; ${times(n, (at) => `a${at + 1} = a${at}; `)} in pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = a${n}; }`,
  'lets in lets': (n) => `${times(n, (at) => `let a${at} = ${at}; in `)}${PIN}`,
  'withs in withs': (n) => `${'with a; '.repeat(n)}${PIN}`,
  'withs in withs, with names': (n) => `${'with a; '.repeat(n)}[ ${'b '.repeat(n)} (${PIN}) ]`,
  'lambdas in lambdas': (n) => `${times(n, (at) => `a${at}: `)}${PIN}`,
  'sets in sets': (n) => `${times(n, (at) => `{ a${at} = `)}${PIN}${'; }'.repeat(n)}`,
  'recursive sets in sets': (n) => `${times(n, (at) => `rec { a${at} = `)}${PIN}${'; }'.repeat(n)}`,
  'recursive sets in sets, dotted': (n) => `${times(n, (at) => `rec { a.b${at} = `)}${PIN}${'; }'.repeat(n)}`,
  'dotted sets in sets': (n) => `${times(n, (at) => `{ a.b${at} = `)}${PIN}${'; }'.repeat(n)}`,
  'a long path': (n) => `{ a${'.b'.repeat(n)} = ${PIN}; }`,
  'a long path to a digest': (n) =>
    `{ a${'.b'.repeat(n)}.imageDigest = "${DIGEST}"; a${'.b'.repeat(n)}.imageName = "redis"; }`,
  'a long path that is asked for': (n) =>
    `let x.a${'.b'.repeat(n)} = "${DIGEST}"; in pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = x.a${'.b'.repeat(n)}; }`,
  'a long path of an unknown': (n) => `{ p = ${PIN}; x = "redis@\${a${'.b'.repeat(n)}.imageDigest}"; }`,
  'dotted pins': (n) =>
    `{ ${times(n, (at) => `p${at}.imageName = "redis"; p${at}.imageDigest = "${digest(at)}"; p${at}.sha256 = "${'0'.repeat(52)}";\n`)} }`,
  'selects in selects': (n) => `{ p = ${PIN}; x = ${'('.repeat(n)}a${'.b)'.repeat(n)}; }`,
  updates: (n) => `{ p = ${PIN}; x = ${'{ imageName = "a"; } // '.repeat(n)}{ imageDigest = "${DIGEST}"; }; }`,
  'updates to the left': (n) =>
    `{ p = ${PIN}; x = ${'('.repeat(n)}{ imageName = "a"; }${' // { imageDigest = "b"; })'.repeat(n)}; }`,
  'updates by name': (n) =>
    `let s0 = { imageName = "a"; }; ${times(n, (at) => `s${at + 1} = s${at} // { a${at} = 1; }; `)} in pkgs.dockerTools.pullImage (s${n} // { imageDigest = "${DIGEST}"; })`,
  sums: (n) => `{ p = ${PIN}; x = ${'"a" + '.repeat(n)}"@${DIGEST}"; }`,
  'sums by name': (n) =>
    `let s0 = "a"; ${times(n, (at) => `s${at + 1} = s${at} + "b"; `)} in { p = ${PIN}; x = "\${s${n}}@${DIGEST}"; }`,
  interpolations: (n) => `{ p = ${PIN}; x = "${'${a}'.repeat(n)}@${DIGEST}"; }`,
  'interpolations of a known': (n) => `let a = "b"; in { p = ${PIN}; x = "${'${a}'.repeat(n)}@${DIGEST}"; }`,
  'strings in strings': (n) => `{ p = ${PIN}; x = ${'"${'.repeat(n)}a${'}"'.repeat(n)}; }`,
  'indented strings in strings': (n) => `{ p = ${PIN}; x = ${"''${".repeat(n)}a${"}''".repeat(n)}; }`,
  'escapes in an indented string': (n) => `{ p = ${PIN}; x = ''${"''${".repeat(n)}''; }`,
  'an indented string': (n) => `{ p = ${PIN}; x = ''${'   a\n'.repeat(n)}@${DIGEST}''; }`,
  'an indented string with interpolations': (n) => `{ p = ${PIN}; x = ''${'   a${b}\n'.repeat(n)}''; }`,
  'a long string': (n) => `{ p = ${PIN}; x = "${'a'.repeat(n)}@${DIGEST}"; }`,
  'a string of references': (n) => `{ p = ${PIN}; x = "${times(n, (at) => `redis@${digest(at)} `)}"; }`,
  'a string of words': (n) => `{ p = ${PIN}; x = "${'a:'.repeat(n)} @${DIGEST}"; }`,
  parentheses: (n) => `${'('.repeat(n)}${PIN}${')'.repeat(n)}`,
  negations: (n) => `{ p = ${PIN}; x = ${'!'.repeat(n)}true; }`,
  ifs: (n) => `{ p = ${PIN}; x = ${'if a then 1 else '.repeat(n)}2; }`,
  'ifs that decide a digest': (n) =>
    `pkgs.dockerTools.pullImage { imageName = "a"; imageDigest = ${times(n, (at) => `if a then "${digest(at)}" else `)}"${DIGEST}"; }`,
  asserts: (n) => `${'assert a; '.repeat(n)}${PIN}`,
  inherits: (n) => `{ p = ${PIN}; inherit (a) ${times(n, (at) => `b${at} `)}; }`,
  'inherits from lets': (n) => `let ${times(n, (at) => `inherit (a) b${at}; `)} in ${PIN}`,
  pipes: (n) => `{ p = ${PIN}; x = 1${' |> f'.repeat(n)}; }`,
  'pipes back': (n) => `{ p = ${PIN}; x = ${'f <| '.repeat(n)}1; }`,
  'concatenated lists': (n) => `{ p = ${PIN}; x = ${'[ 1 ] ++ '.repeat(n)}[ ]; }`,
  'has-attributes': (n) => `{ p = ${PIN}; x = a${' ? b'.repeat(n)}; }`,
  'a comment of slashes': (n) => `{\n# ${'a/'.repeat(n)}\np = ${PIN}; }`,
  'a comment of references': (n) => `{\n# ${'redis:7 '.repeat(n)}\np = ${PIN}; }`,
  'a comment of colons': (n) => `{\n# ${'a:1'.repeat(n)}\np = ${PIN}; }`,
  'a comment of words': (n) => `{\n# ${'a'.repeat(n)}\np = ${PIN}; }`,
  'a comment of dashes': (n) => `{\n# redis:7${'-'.repeat(n)}a\np = ${PIN}; }`,
  'a comment of spaces': (n) => `{\n#${' '.repeat(n)}x\np = ${PIN}; }`,
  'a directive of spaces': (n) => `{\n# pullpin: a${' '.repeat(n)}x\np = ${PIN}; }`,
  'a directive of marks': (n) => `{\n${'#'.repeat(n)}x\np = ${PIN}; }`,
  'a tag of spaces': (n) => `{\n# tag${' '.repeat(n)}x y\np = ${PIN}; }`,
  'a version of dots': (n) =>
    `pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = "${DIGEST}"; # ${'1.'.repeat(n)} x\n }`,
  'comments above a pin': (n) => `{\n${'# a\n'.repeat(n)}p = ${PIN}; }`,
  'references above a pin': (n) => `{\n${'# redis:7\n'.repeat(n)}p = ${PIN}; }`,
  'comments on one line': (n) => `{\n${'/* a */ '.repeat(n)}\np = ${PIN}; }`,
  'comments in a pin': (n) =>
    `pkgs.dockerTools.pullImage {\n${'# a\n'.repeat(n)}imageName = "redis"; imageDigest = "${DIGEST}"; }`,
  'commands above a pin': (n) =>
    `{\n${'# nix-prefetch-docker --image-name redis --image-tag 7\n'.repeat(n)}p = ${PIN}; }`,
  'directives without a pin': (n) => `{\n${'# pullpin: 1\n\n'.repeat(n)}p = ${PIN}; }`,
  'spaces between comments': (n) => `{\n${'# a\n\n\n'.repeat(n)}p = ${PIN}; }`,
  'spaces between a pin and a comment': (n) => `{ p = ${PIN};${' '.repeat(n)}# 7\n}`,
  'pins that cannot be followed': (n) =>
    `{ ${times(n, (at) => `p${at} = pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = x${at}; };\n`)} }`,
  'pins with bad digests': (n) =>
    `{ ${times(n, (at) => `p${at} = pkgs.dockerTools.pullImage { imageName = "redis"; imageDigest = "sha256:${at}"; };\n`)} }`,
  'pins under groups': (n) => `{\n${'# a\n'.repeat(20)}g = { ${times(n, (at) => `p${at} = ${pin(at)};\n`)} }; }`,
  'calls of a local function': (n) =>
    `let f = imageDigest: pkgs.dockerTools.pullImage { imageName = "redis"; inherit imageDigest; sha256 = "${'0'.repeat(52)}"; }; in [ ${times(n, (at) => `(f "${digest(at)}")\n`)} ]`,
  'a set merged for each pin': (n) =>
    `let common = { imageName = "redis"; os = "linux"; }; in [ ${times(n, (at) => `(pkgs.dockerTools.pullImage (common // { imageDigest = "${digest(at)}"; }))\n`)} ]`,
  'lists that double': (n) =>
    `let l0 = [ "a" ]; ${times(n, (at) => `l${at + 1} = builtins.concatLists [ l${at} l${at} ]; `)} in { p = ${PIN}; x = map (image: "\${image}@${DIGEST}") l${Math.min(n, 60)}; }`,
  'texts that double': (n) =>
    `let t0 = "a"; ${times(n, (at) => `t${at + 1} = "\${t${at}}\${t${at}}"; `)} in { p = ${PIN}; x = "\${t${Math.min(n, 60)}}@${DIGEST}"; }`,
  'a set with many names, used by many': (n) =>
    `let s = { imageName = "a"; ${times(n, (at) => `a${at} = 1; `)} }; in [ ${times(n, (at) => `(pkgs.dockerTools.pullImage (s // { imageDigest = "${digest(at)}"; }))\n`)} ]`,
  'a function with many defaults, called by many': (n) =>
    `let f = { imageDigest, ${times(n, (at) => `a${at} ? 1, `)} ... }: pkgs.dockerTools.pullImage { imageName = "a"; inherit imageDigest; }; in [ ${times(n, (at) => `(f { imageDigest = "${digest(at)}"; })\n`)} ]`,
  'many pins under many comments': (n) => `{\n${'# a\n'.repeat(n)}${times(n, (at) => `p${at} = ${pin(at)};`)} }`,
  'many names asked of a deep scope': (n) =>
    `${times(n, (at) => `let a${at} = ${at}; in `)}[ ${`"\${b}@${DIGEST}" `.repeat(n)} ]`,
  'a text that is split': (n) =>
    `{ p = ${PIN}; x = map (image: "\${image}@${DIGEST}") (builtins.filter builtins.isString (builtins.split "(a*)b" "${'a'.repeat(n)}")); }`,
  'sets in parts': (n) =>
    `{ ${times(n, (at) => `i${at} = { repository = "redis"; tag = "${at}"; digest = "${digest(at)}"; };\n`)} }`,
};
