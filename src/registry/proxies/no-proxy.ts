import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Environment, firstSet } from '../../machine/environment.js';

/** Says of a URL whether it is reached directly although a proxy is set. */
export type ProxyExemption = (url: URL) => boolean;

interface HostPort {
  readonly host: string;
  readonly port: string;
}

type Rule = (target: HostPort) => boolean;

/**
 * Reads NO_PROXY by the rules of Go's golang.org/x/net/http/httpproxy: names with their subdomains, `.name` and `*.name` for the
 * subdomains alone, addresses, CIDR ranges, ports, `*`. Loopback is exempt as well, unless NO_PROXY is set to the empty string: Go has no
 * setting for that.
 */
export function createProxyExemption(environment: Environment): ProxyExemption {
  const names = ['NO_PROXY', 'no_proxy'];
  const list = firstSet(environment, names)?.value;
  const isEmptied = list === undefined && names.some((name) => environment[name] === '');
  const entries = (list ?? '').split(',').map((entry) => entry.trim().toLowerCase());
  const rules = entries.map(ruleOf).filter((rule) => rule !== undefined);
  if (!isEmptied) rules.push(isLoopback);
  return (url) => {
    const target = hostAndPort(url);
    return rules.some((rule) => rule(target));
  };
}

function hostAndPort(url: URL): HostPort {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/** Undefined for an entry without a meaning, which is skipped, as Go does. */
function ruleOf(entry: string): Rule | undefined {
  if (entry === '') return undefined;
  if (entry === '*') return () => true;
  const range = parseRange(entry);
  if (range) return ({ host }) => contains(range, host);
  const { host, port } = splitPort(entry);
  if (host === '') return undefined;
  const matches = isIP(host) === 0 ? domainRule(host) : addressRule(host);
  return (target) => (port === '' || port === target.port) && matches(target);
}

function addressRule(address: string): Rule {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return ({ host }) => contains(list, host);
}

function domainRule(pattern: string): Rule {
  const domain = pattern.startsWith('*.') ? pattern.slice(1) : pattern;
  const withSelf = !domain.startsWith('.');
  const name = withSelf ? domain : domain.slice(1);
  const ascii = domainToASCII(name) || name;
  return ({ host }) => (withSelf && host === ascii) || host.endsWith(`.${ascii}`);
}

function parseRange(entry: string): BlockList | undefined {
  const [, address = '', bits = ''] = /^([0-9a-f.:]+)\/([0-9]{1,3})$/.exec(entry) ?? [];
  const version = isIP(address);
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), familyOf(address));
  return list;
}

/** `host`, `host:port`, `address`, `address:port`, `[address]:port`; a bare IPv6 address has no port. */
function splitPort(entry: string): HostPort {
  if (isIP(entry) !== 0) return { host: entry, port: '' };
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::([^:]*))?$/.exec(entry) ?? [];
  return { host: bracketed ?? plain ?? entry, port };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback({ host }: HostPort): boolean {
  return host === 'localhost' || contains(LOOPBACK, host);
}

function contains(list: BlockList, host: string): boolean {
  return isIP(host) !== 0 && list.check(host, familyOf(host));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
