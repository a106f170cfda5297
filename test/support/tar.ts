/** A ustar archive of some small text files with all times zero, as a layer holds them. */
export function tar(files: Readonly<Record<string, string>>): Uint8Array {
  const members = Object.entries(files).map(([path, text]) => {
    const data = Buffer.from(text);
    return Buffer.concat([header(path, data.length), data, Buffer.alloc(-data.length & 511)]);
  });
  return Buffer.concat([...members, Buffer.alloc(1024)]);
}

function header(path: string, size: number): Uint8Array {
  const block = Buffer.alloc(512);
  block.write(path, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        0', 148);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
