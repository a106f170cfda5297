/** The systems that a platform-dependent value is followed for, the likeliest first. */
export const USUAL_SYSTEMS: readonly string[] = [
  ...['x86_64-linux', 'aarch64-linux', 'armv7l-linux', 'armv6l-linux', 'i686-linux', 'riscv64-linux'],
  ...['powerpc64le-linux', 's390x-linux', 'x86_64-darwin', 'aarch64-darwin'],
];

/** Systems that are followed as well where a file names them: hardly any does. */
export const RARE_SYSTEMS: readonly string[] = [
  'armv5tel-linux',
  'loongarch64-linux',
  'mips64el-linux',
  'powerpc64-linux',
];

const GO_ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i686: '386',
  powerpc64le: 'ppc64le',
  armv5tel: 'arm',
  loongarch64: 'loong64',
  mips64el: 'mips64le',
  powerpc64: 'ppc64',
};

// By the names that nixpkgs gives them (lib/systems): the last steps of the path by which a platform is asked.
const FACTS: Readonly<Record<string, (cpu: string, kernel: string) => string | boolean>> = {
  system: (cpu, kernel) => `${cpu}-${kernel}`,
  currentSystem: (cpu, kernel) => `${cpu}-${kernel}`,
  'parsed.cpu.name': (cpu) => cpu,
  'uname.processor': (cpu) => cpu,
  'parsed.kernel.name': (_, kernel) => kernel,
  'go.GOARCH': (cpu) => GO_ARCHITECTURES[cpu] ?? cpu,
  'go.GOOS': (_, kernel) => kernel,
  GOOS: (_, kernel) => kernel,
  GOARCH: (cpu) => GO_ARCHITECTURES[cpu] ?? cpu,
  isx86_64: (cpu) => cpu === 'x86_64',
  isx86_32: (cpu) => cpu === 'i686',
  isi686: (cpu) => cpu === 'i686',
  isx86: (cpu) => cpu === 'x86_64' || cpu === 'i686',
  isAarch64: (cpu) => cpu === 'aarch64',
  isAarch32: (cpu) => cpu.startsWith('arm'),
  isAarch: (cpu) => cpu === 'aarch64' || cpu.startsWith('arm'),
  isArmv7: (cpu) => cpu === 'armv7l',
  isRiscV: (cpu) => cpu.startsWith('riscv'),
  isRiscV64: (cpu) => cpu === 'riscv64',
  isPower64: (cpu) => cpu.startsWith('powerpc64'),
  isS390x: (cpu) => cpu === 's390x',
  is64bit: (cpu) => /64|s390x/.test(cpu),
  is32bit: (cpu) => !/64|s390x/.test(cpu),
  isLinux: (_, kernel) => kernel === 'linux',
  isDarwin: (_, kernel) => kernel === 'darwin',
};

/** Whether this path names a fact about the platform, such as `stdenv.hostPlatform.isx86_64` or `system`. */
export function isPlatformFact(spelling: readonly string[]): boolean {
  return factOf(spelling) !== undefined;
}

/** That fact for one system. */
export function platformFact(spelling: readonly string[], system: string): string | boolean | undefined {
  const dash = system.indexOf('-');
  return factOf(spelling)?.(system.slice(0, dash), system.slice(dash + 1));
}

function factOf(spelling: readonly string[]): ((cpu: string, kernel: string) => string | boolean) | undefined {
  const lengths = [3, 2, 1];
  const name = lengths.map((length) => spelling.slice(-length).join('.')).find((path) => Object.hasOwn(FACTS, path));
  return name === undefined ? undefined : FACTS[name];
}
