/** Zips for tests, byte by byte: honest ones, and those that no honest tool makes. */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipFile {
  readonly name: string;
  readonly text: string | Buffer;
  /** Of Unix, as `ls -l` shows it. */
  readonly mode?: number;
  /** What the directory says of the size, when it lies. */
  readonly claimedBytes?: number;
  readonly flags?: number;
}

function headers({ name, text, mode = 0o100_644, claimedBytes, flags = 0 }: ZipFile, offset: number) {
  const raw = Buffer.from(text);
  const packed = deflateRawSync(raw);
  const path = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(flags, 2);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(raw), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(claimedBytes ?? raw.length, 18);
  common.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, path, packed]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((mode << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  // made on Unix, so that the mode counts
  const central = Buffer.concat([Buffer.from("PK\x01\x02"), Buffer.from([20, 3]), common, rest, path]);
  return { local, central };
}

export function zipOf(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const file of files) {
    const { local, central } = headers(file, offset);
    locals.push(local);
    centrals.push(central);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}
