import { printable, UsageError } from '../../errors.js';
import { parseRegistryMap } from '../../registry/mirrors/registry-map.js';
import { joinedRules, parseSignatureRule, type SignatureRule } from '../../signature/policy.js';
import { optionGroup, wholeNumber } from './option.js';

/** Settings for requests to registries. */
export interface RegistryOptionSettings {
  /** Registries, as `host[:port]`, for which plain HTTP and any certificate are allowed. */
  readonly insecure: readonly string[];
  readonly authfile: string | undefined;
  /** Whether to read `username:password` from stdin. */
  readonly readsCredentials: boolean;
  /** The registry that the given credentials are for. */
  readonly credentialsRegistry: string | undefined;
  readonly caFile: string | undefined;
  /** Entries `FROM=TO`: a look-up at FROM goes to TO instead. */
  readonly registryMap: readonly string[];
  readonly tagsFromMirrors: boolean;
  /** How often a failed request is repeated. */
  readonly retries: number | undefined;
  /** How many requests to one registry may run at the same time. */
  readonly concurrency: number | undefined;
  /** How many requests one host may get in a minute. */
  readonly maxRequestsPerMinute: number | undefined;
}

/** Of every command that asks registries. */
export const REGISTRIES = optionGroup({
  title: 'Registries',
  options: {
    insecure: {
      setting: 'user',
      type: 'values',
      value: 'HOST[:PORT]',
      help: 'A registry that may speak plain HTTP or show any certificate; repeatable',
    },
    authfile: {
      setting: 'user',
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'A file with credentials, as docker and podman write it',
    },
    'creds-stdin': { type: 'flag', help: 'Read USERNAME:PASSWORD from stdin' },
    'creds-registry': {
      setting: 'user',
      type: 'value',
      value: 'HOST',
      help: 'The registry that the given credentials are for',
    },
    'ca-file': {
      setting: 'user',
      type: 'value',
      value: 'FILE',
      completion: 'file',
      help: 'Certificates (PEM) to trust in addition to the usual ones',
    },
    'registry-map': {
      setting: 'anywhere',
      type: 'values',
      value: 'FROM=TO',
      help: 'Look images up elsewhere, such as docker.io=mirror.example/hub; repeatable',
    },
    'tags-from-mirrors': { setting: 'user', type: 'flag', help: 'Ask mirrors for tags too, not only for digests' },
    retries: {
      setting: 'anywhere',
      isNumber: true,
      type: 'value',
      value: 'N',
      default: '4',
      help: 'How often a failed request is repeated',
    },
    concurrency: {
      setting: 'anywhere',
      isNumber: true,
      type: 'value',
      value: 'N',
      default: '8',
      help: 'Downloads at one registry at a time; look-ups are four times as many',
    },
    'max-requests-per-minute': {
      setting: 'anywhere',
      isNumber: true,
      type: 'value',
      value: 'N',
      help: 'No host gets more requests in a minute; with --shard K/N, each shard has its part of that',
    },
  },
  parse(raw): RegistryOptionSettings {
    parseRegistryMap(raw['registry-map']);
    return {
      insecure: raw.insecure.map(insecureHost),
      authfile: raw.authfile,
      readsCredentials: raw['creds-stdin'],
      credentialsRegistry: raw['creds-registry'],
      caFile: raw['ca-file'],
      registryMap: raw['registry-map'],
      tagsFromMirrors: raw['tags-from-mirrors'],
      retries: wholeNumber('retries', raw.retries, 0, 20),
      concurrency: wholeNumber('concurrency', raw.concurrency, 1, 64),
      maxRequestsPerMinute: wholeNumber('max-requests-per-minute', raw['max-requests-per-minute'], 1, 100_000),
    };
  },
});

/** Refuses to read the credentials from stdin, where another reader wants what is there. Throws a UsageError. */
export function checkOneStdin(
  isRead: boolean,
  { readsCredentials }: Pick<RegistryOptionSettings, 'readsCredentials'>,
  reader = '-',
): void {
  if (isRead && readsCredentials)
    throw new UsageError(
      `${reader} and --creds-stdin cannot both read stdin: set PULLPIN_USERNAME and PULLPIN_PASSWORD in place of --creds-stdin`,
    );
}

/** The registry of a value of --insecure, of which the address may be pasted. Throws a UsageError for a word that no registry can have as its name. */
function insecureHost(value: string): string {
  const host = value.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (host === 'localhost' || /^[^/\s]*[.:][^/\s]*$/.test(host)) return host;
  throw new UsageError(`--insecure is a registry such as localhost:5000, not '${printable(value, 100)}'`);
}

/** Settings of the cache: which earlier results to use, and which results to keep. */
export interface CacheSettings {
  readonly isUsed: boolean;
  /** Whether to keep the states of hashes even when this makes a fast download slower. */
  readonly keepsAllStates: boolean;
}

/** Of every command that asks registries. */
export const CACHE = optionGroup({
  title: 'Cache',
  options: {
    cache: {
      setting: 'anywhere',
      type: 'flag',
      isOn: true,
      help: 'Neither use what earlier runs found out, nor keep what this one finds',
    },
    'resume-cache': {
      setting: 'anywhere',
      type: 'flag',
      help: 'Keep the state of a hash after each layer, even where that slows a fast download down',
    },
  },
  parse: (raw): CacheSettings => ({ isUsed: raw.cache, keepsAllStates: raw['resume-cache'] }),
});

/** Of the commands that make or check pins. */
export const SIGNATURES = optionGroup({
  title: 'Signatures',
  isRare: true,
  options: {
    'verify-signature': {
      setting: 'anywhere',
      join: joinedRules,
      type: 'values',
      value: '[NAME=]KEY',
      completion: 'file',
      help: 'Pin only what is signed with this public key, or by the signer in this TOML file: all images, or those of a registry or repository; repeatable',
    },
  },
  parse: (raw): readonly SignatureRule[] => raw['verify-signature'].map(parseSignatureRule),
});
