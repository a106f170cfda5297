/** A tar member as Go's archive/tar writes it for skopeo: a read-only file or a symbolic link, without an owner's name, dated 1970. */
export type TarMember =
  | { readonly type: 'file'; readonly name: string; readonly size: number }
  | { readonly type: 'symlink'; readonly name: string; readonly target: string };

const BLOCK = 512;

/** What ends an archive: two empty blocks and, unlike GNU tar, nothing more. */
export const TAR_END: Uint8Array = new Uint8Array(2 * BLOCK);

const MAX_NAME = 100;
/** The largest size that eleven octal digits hold, in bytes. */
const MAX_OCTAL_SIZE = 0o77777777777;

/**
 * The header blocks of a member, byte for byte those of Go's archive/tar in the USTAR format, with a PAX header in front when the size
 * (8 GiB and more) or a name does not fit. Names are ASCII.
 */
export function tarHeader(member: TarMember): Uint8Array {
  const target = member.type === 'symlink' ? member.target : '';
  const size = member.type === 'file' ? member.size : 0;
  const records = [
    ...(target.length > MAX_NAME ? [paxRecord('linkpath', target)] : []),
    ...(member.name.length > MAX_NAME ? [paxRecord('path', member.name)] : []),
    ...(size > MAX_OCTAL_SIZE ? [paxRecord('size', String(size))] : []),
  ];
  const header = block({
    name: member.name,
    mode: member.type === 'file' ? 0o444 : 0,
    size: size > MAX_OCTAL_SIZE ? 0 : size,
    type: member.type === 'file' ? '0' : '2',
    target,
  });
  return records.length === 0 ? header : Buffer.concat([paxHeader(member.name, records.join('')), header]);
}

/** The zeros that fill a member's last block. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** A whole member: header, data, padding. */
export function tarFile(name: string, data: Uint8Array): Uint8Array {
  return Buffer.concat([tarHeader({ type: 'file', name, size: data.length }), data, tarPadding(data.length)]);
}

function paxHeader(name: string, records: string): Uint8Array {
  const slash = name.lastIndexOf('/') + 1;
  const paxName = `${name.slice(0, slash)}PaxHeaders.0/${name.slice(slash)}`;
  const header = block({ name: paxName, mode: 0, size: records.length, type: 'x', target: '' });
  return Buffer.concat([header, Buffer.from(records), tarPadding(records.length)]);
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

interface BlockFields {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  readonly type: '0' | '2' | 'x';
  readonly target: string;
}

/** One header block; POSIX.1-1988 (ustar) gives the offsets. */
function block({ name, mode, size, type, target }: BlockFields): Uint8Array {
  const bytes = Buffer.alloc(BLOCK);
  bytes.write(name.slice(0, MAX_NAME), 0, 'latin1');
  writeOctal(bytes, 100, 8, mode);
  writeOctal(bytes, 108, 8, 0);
  writeOctal(bytes, 116, 8, 0);
  writeOctal(bytes, 124, 12, size);
  writeOctal(bytes, 136, 12, 0);
  bytes.write(type, 156, 'latin1');
  bytes.write(target.slice(0, MAX_NAME), 157, 'latin1');
  bytes.write('ustar\u000000', 257, 'latin1');
  // Go leaves the device numbers of a PAX header empty, where it writes zeros into any other.
  if (type !== 'x') {
    writeOctal(bytes, 329, 8, 0);
    writeOctal(bytes, 337, 8, 0);
  }
  bytes.fill(' ', 148, 156);
  const checksum = bytes.reduce((sum, byte) => sum + byte, 0);
  bytes.write(`${checksum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return bytes;
}

function writeOctal(bytes: Buffer, offset: number, length: number, value: number): void {
  bytes.write(value.toString(8).padStart(length - 1, '0'), offset, 'latin1');
}
