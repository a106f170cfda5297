import { type Platform, systemOfPlatform } from '../../oci/platform.js';
import { type KeyStyle, keyStyle } from '../values/systems.js';

/** Platforms that a key without a variant means. */
const USUAL_VARIANTS: Readonly<Record<string, string>> = { arm64: 'v8', amd64: 'v1' };

/** The key of a platform in a table whose keys have this style; undefined where that style has no word for it. */
export function keyOfPlatform(style: KeyStyle, platform: Platform): string | undefined {
  const { architecture, variant } = platform;
  // Nix has systems for images of Linux only.
  const system = systemOfPlatform(platform);
  if (system === null) return undefined;
  if (style === 'system') return system;
  if (style === 'processor') return system.replace(/-[a-z]+$/, '');
  const isUsual = variant === undefined || variant === USUAL_VARIANTS[architecture];
  if (!isUsual || architecture === 'arm') return undefined;
  if (style === 'architecture') return architecture;
  return style === 'dashed' ? `linux-${architecture}` : `linux/${architecture}`;
}

/** The style of the keys of a table; undefined when a key is no system, or they have several styles. */
export function styleOfKeys(keys: readonly string[]): KeyStyle | undefined {
  const styles = new Set(keys.map(keyStyle));
  // `s390x` and `riscv64` are words of two styles.
  if (styles.has('processor')) styles.delete('architecture');
  const [style, ...others] = styles;
  return others.length === 0 ? style : undefined;
}
