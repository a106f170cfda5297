import { type Attributes, attributesOf, type PlannedPin, quoted, setOf, type Writer, without } from '../writer.js';
import { pullOf, type Shape } from './calls.js';

const INDEX = { kind: 'index', part: 'root', arch: undefined } as const;

/** The attributes of a pin with another expression for its hash. */
function withHash(pin: PlannedPin, expression: string): Attributes {
  return [...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, expression]];
}

function hashTable(writer: Writer, amd64: string): string {
  return `{ x86_64-linux = ${quoted(amd64)}; aarch64-linux = ${writer.anotherHash()}; }`;
}

const hashBySystem: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const table = hashTable(writer, pin.hash.text);
  const system = writer.random.pick(['${system}', '${pkgs.stdenv.hostPlatform.system}', '${builtins.currentSystem}']);
  const chosen = writer.random.chance(0.5) ? `${table}.${system}` : `${writer.bind('hashes', table)}.${system}`;
  return `${pullOf(writer)} ${setOf(withHash(pin, chosen), writer.random)}`;
};

const hashByCondition: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const condition = writer.random.pick(['pkgs.stdenv.isx86_64', 'system == "x86_64-linux"', '!pkgs.stdenv.isAarch64']);
  const hash = `if ${condition} then "${pin.hash.text}" else ${writer.anotherHash()}`;
  return `${pullOf(writer)} ${setOf(withHash(pin, hash), writer.random)}`;
};

const hashByArgument: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const set = setOf([...withHash(pin, 'hashes.${arch}'), ['arch', 'arch']], writer.random);
  return `(let hashes = { amd64 = "${pin.hash.text}"; arm64 = ${writer.anotherHash()}; };
    in map (arch: ({ arch ? "amd64" }: ${pullOf(writer)} ${set}) { inherit arch; }) [ "amd64" "arm64" ])`;
};

const mappedSystems: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const call = `pkgs.legacyPackages.\${system}.dockerTools.pullImage ${setOf(withHash(pin, 'hash'), writer.random)}`;
  return `builtins.mapAttrs (system: hash: ${call}) ${hashTable(writer, pin.hash.text)}`;
};

const mappedArchitectures: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const set = setOf([...withHash(pin, 'hash'), ['arch', 'arch']], writer.random);
  return `builtins.mapAttrs (arch: hash: ${pullOf(writer)} ${set}) { amd64 = "${pin.hash.text}"; arm64 = ${writer.anotherHash()}; }`;
};

const pinBySystem: Shape = (writer) => {
  const plan = (part: 'amd64' | 'arm64') => writer.plan({ kind: 'index', part, arch: undefined, moves: true });
  const [amd64, arm64] = [plan('amd64'), plan('arm64')].map((pin) => setOf(attributesOf(pin), writer.random));
  return `${pullOf(writer)} { x86_64-linux = ${amd64}; aarch64-linux = ${arm64}; }.\${system}`;
};

const mergedBySystem: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const { hashAttr, hash } = pin;
  const table = `{
    x86_64-linux = { arch = "amd64"; ${hashAttr} = "${hash.text}"; };
    aarch64-linux = { arch = "arm64"; ${hashAttr} = ${writer.anotherHash()}; };
  }`;
  return `${pullOf(writer)} (${setOf(without(attributesOf(pin), hashAttr), writer.random)} // ${writer.bind('bySystem', table)}.\${system})`;
};

/** As the template per-system writes it. */
const perSystem: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const { hashAttr, digest, hash } = pin;
  const entry = (text: string, arch: string) =>
    `{ imageDigest = ${quoted(digest.text)}; ${hashAttr} = ${text}; os = "linux"; arch = "${arch}"; }`;
  const table = `{
    x86_64-linux = ${entry(quoted(hash.text), 'amd64')};
    aarch64-linux = ${entry(writer.anotherHash(), 'arm64')};
  }`;
  const systems = writer.bind('systems', table);
  const image = writer.bind('image', `${systems}.\${pkgs.stdenv.hostPlatform.system} or (throw "not for this system")`);
  const rest = setOf(without(attributesOf(pin), 'imageDigest', hashAttr), writer.random);
  return `${pullOf(writer)} ${rest.replace(/\}$/, `inherit (${image}) imageDigest ${hashAttr} os arch; }`)}`;
};

const packages: Shape = (writer) => {
  const one = setOf(attributesOf(writer.plan({ ...INDEX, moves: true })), writer.random);
  return `{ packages.x86_64-linux.image = (import <nixpkgs> { system = "x86_64-linux"; }).dockerTools.pullImage ${one}; }`;
};

/** A function that a function of these files calls with the packages of a system. */
const packagesOfFunction: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const empty: Attributes = [...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, '""']];
  const forAll = writer.bind('forAll', 'f: lib.genAttrs [ "aarch64-linux" ] (s: f pkgs.legacyPackages.${s})');
  const set = setOf(writer.random.chance(0.7) ? empty : attributesOf(pin), writer.random);
  return `${forAll} (packages: { it = packages.dockerTools.pullImage ${set}; })`;
};

/** What is given to a function that is not known, together with its system. */
const packagesOfUnknown: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const empty: Attributes = [...without(attributesOf(pin), pin.hashAttr), [pin.hashAttr, '""']];
  const set = setOf(writer.random.chance(0.7) ? empty : attributesOf(pin), writer.random);
  const body = `{ pkgs, ... }: { it = pkgs.dockerTools.pullImage ${set}; }`;
  return writer.random.pick([
    () =>
      `${writer.unseen('pkgs: system: f: f { pkgs = pkgs.legacyPackages.${system}; }')} pkgs "aarch64-linux" (${body})`,
    () =>
      `${writer.unseen('pkgs: flake: map (s: flake.perSystem { pkgs = pkgs.legacyPackages.${s}; }) flake.systems')} pkgs { systems = [ "aarch64-linux" ]; perSystem = ${body}; }`,
  ])();
};

/** As `arch`, Nix's name of an architecture is that of no image. */
const nixArchitecture: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  const arch = writer.random.pick(['system', 'pkgs.stdenv.hostPlatform.parsed.cpu.name', '"linux/amd64"']);
  return `${pullOf(writer)} ${setOf([...attributesOf(pin), ['arch', arch]], writer.random)}`;
};

const goArchitecture: Shape = (writer) => {
  const pin = writer.plan(INDEX);
  return `${pullOf(writer)} ${setOf([...attributesOf(pin), ['arch', 'pkgs.go.GOARCH']], writer.random)}`;
};

const goKernel: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, arch: writer.random.pick(['amd64', undefined]), moves: true });
  const kernel = writer.random.pick(['pkgs.go.GOOS', '(with pkgs.go; GOOS)']);
  return `${pullOf(writer)} ${setOf([...attributesOf(pin), ['os', kernel]], writer.random)}`;
};

const goOfPackages: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const packages = writer.random.pick([
    '(import <nixpkgs> { system = "aarch64-linux"; })',
    'pkgs.pkgsCross.aarch64-multiplatform',
  ]);
  const attributes: Attributes = [...attributesOf(pin), ['arch', `${packages}.go.GOARCH`]];
  return `${packages}.dockerTools.pullImage ${setOf(attributes, writer.random)}`;
};

const goTable: Shape = (writer) => {
  const pin = writer.plan({ ...INDEX, moves: true });
  const table = `{ amd64 = "${pin.hash.text}"; arm64 = ${writer.anotherHash()}; }`;
  const attributes: Attributes = [...withHash(pin, `${table}.${'$'}{pkgs.go.GOARCH}`), ['arch', 'pkgs.go.GOARCH']];
  return `${pullOf(writer)} ${setOf([...attributes, ['os', 'pkgs.go.GOOS']], writer.random)}`;
};

const grownString: Shape = (writer) => {
  const { image, tag, digest } = writer.plan({ kind: 'grown', state: 'old', moves: true });
  return writer.random.pick([
    `"${image.name}:${tag}@${digest.text}"`,
    `{ repository = "${image.name}"; tag = "${tag}@${digest.text}"; }`,
  ]);
};

const grownCall: Shape = (writer) => {
  const pin = writer.plan({ kind: 'grown', state: 'old', moves: true });
  return `${pullOf(writer)} ${setOf(attributesOf(pin), writer.random)}`;
};

const grownTable: Shape = (writer) => {
  const pin = writer.plan({ kind: 'grown', state: 'old', arch: undefined });
  return `${pullOf(writer)} ${setOf(withHash(pin, `${hashTable(writer, pin.hash.text)}.\${system}`), writer.random)}`;
};

/** Pins that are not the same on every platform. */
export const PLATFORMS: Readonly<Record<string, Shape>> = {
  hashBySystem,
  hashByCondition,
  hashByArgument,
  mappedSystems,
  mappedArchitectures,
  pinBySystem,
  mergedBySystem,
  perSystem,
  packages,
  packagesOfFunction,
  packagesOfUnknown,
  nixArchitecture,
  goArchitecture,
  goKernel,
  goOfPackages,
  goTable,
  grownCall,
  grownString,
  grownTable,
};
