/**
 * An interpreter of classic BPF (McCanne, Jacobson, "The BSD Packet Filter", 1993), as libpcap's
 * bpf_filter: plain and slow, to hold compiled filters against. A load outside the packet and a
 * division by zero end the program with 0.
 */

interface Instruction {
  readonly code: number;
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  readonly k: number;
}

const SIZES: Readonly<Record<number, number>> = { 0: 4, 8: 2, 16: 1 };

export function parseProgram(text: string): Instruction[] {
  return text.split(';').map((line) => {
    const [code, jumpTrue, jumpFalse, k] = line.split(',').map(Number);
    return { code: code!, jumpTrue: jumpTrue!, jumpFalse: jumpFalse!, k: k! };
  });
}

export function runProgram(
  program: readonly Instruction[],
  packet: Uint8Array,
  wireLength: number,
): boolean {
  let a = 0;
  let x = 0;
  const scratch = new Array<number>(16).fill(0);
  for (let at = 0; ; at++) {
    const { code, jumpTrue, jumpFalse, k } = program[at]!;
    switch (code & 0x07) {
      case 0x00: // ld
      case 0x01: {
        // ldx
        const value = loadValue(code, k, x, packet, wireLength, scratch);
        if (value === undefined) return false;
        if ((code & 0x07) === 0) a = value;
        else x = value;
        break;
      }
      case 0x02: // st
        scratch[k] = a;
        break;
      case 0x03: // stx
        scratch[k] = x;
        break;
      case 0x04: {
        const value = calculate(code & 0xf0, a, (code & 0x08) !== 0 ? x : k);
        if (value === undefined) return false;
        a = value;
        break;
      }
      case 0x05: {
        if ((code & 0xf0) === 0) at += k;
        else at += holds(code & 0xf0, a, (code & 0x08) !== 0 ? x : k) ? jumpTrue : jumpFalse;
        break;
      }
      case 0x06:
        return k !== 0;
      default: // misc
        if ((code & 0xf8) === 0) x = a;
        else a = x;
    }
  }
}

function loadValue(
  code: number,
  k: number,
  x: number,
  packet: Uint8Array,
  wireLength: number,
  scratch: readonly number[],
): number | undefined {
  const mode = code & 0xe0;
  if (mode === 0x00) return k;
  if (mode === 0x60) return scratch[k];
  if (mode === 0x80) return wireLength;
  if (mode === 0xa0) return k < packet.length ? (packet[k]! & 15) * 4 : undefined;
  const at = mode === 0x40 ? x + k : k;
  const size = SIZES[code & 0x18]!;
  if (at + size > packet.length) return undefined;
  return packet.subarray(at, at + size).reduce((sum, byte) => sum * 256 + byte, 0);
}

function calculate(operation: number, a: number, b: number): number | undefined {
  switch (operation) {
    case 0x00:
      return (a + b) >>> 0;
    case 0x10:
      return (a - b) >>> 0;
    case 0x20:
      return Number((BigInt(a) * BigInt(b)) & 0xffff_ffffn);
    case 0x30:
      return b === 0 ? undefined : Math.floor(a / b);
    case 0x40:
      return (a | b) >>> 0;
    case 0x50:
      return (a & b) >>> 0;
    case 0x60:
      return b > 31 ? 0 : (a << b) >>> 0;
    case 0x70:
      return b > 31 ? 0 : a >>> b;
    case 0x80:
      return -a >>> 0;
    case 0x90:
      return b === 0 ? undefined : a % b;
    default:
      return (a ^ b) >>> 0;
  }
}

function holds(relation: number, a: number, b: number): boolean {
  switch (relation) {
    case 0x10:
      return a === b;
    case 0x20:
      return a > b;
    case 0x30:
      return a >= b;
    default:
      return (a & b) !== 0;
  }
}
