import type { Direction, ProtocolName } from './ast.js';
import { PROTOCOL_NAMES } from './names.js';
import type { TokenReader } from './token-reader.js';

export type AddressKind = 'host' | 'net' | 'port' | 'portrange' | 'proto';

/** What stands before a value: `tcp dst port`. */
export interface Qualifiers {
  readonly protocol: ProtocolName | 'ether' | undefined;
  readonly direction: Direction;
  readonly kind: AddressKind;
}

const KINDS: readonly AddressKind[] = ['host', 'net', 'port', 'portrange', 'proto'];
const DIRECTIONS = ['src', 'dst'];

/** The protocol that comes next, as a word that may qualify others. */
export function takeProtocol(reader: TokenReader): ProtocolName | 'ether' | undefined {
  if (reader.take('ether', 'link')) return 'ether';
  const { type, text } = reader.peek();
  if (type !== 'word' || !PROTOCOL_NAMES.has(text)) return undefined;
  reader.next();
  return text as ProtocolName;
}

/** Direction and kind, where at least one of them comes next. */
export function takeQualifiers(
  reader: TokenReader,
  protocol: ProtocolName | 'ether' | undefined,
): Qualifiers | undefined {
  const direction = takeDirection(reader);
  if (direction !== undefined && reader.is(['proto'])) {
    throw reader.unexpected('a host, net or port has a direction; a protocol has none:');
  }
  const kind = KINDS.find((word) => reader.take(word));
  if (direction === undefined && kind === undefined) return undefined;
  return { protocol, direction: direction ?? 'either', kind: kind ?? 'host' };
}

/** `src`, `dst`, or both with `or` or `and` between them. */
function takeDirection(reader: TokenReader): Direction | undefined {
  if (!reader.is(DIRECTIONS)) return undefined;
  const first = reader.next().text as 'src' | 'dst';
  const other = first === 'src' ? 'dst' : 'src';
  if (!reader.is([other], 1)) return first;
  if (reader.take('or', '||')) {
    reader.next();
    return 'either';
  }
  if (reader.take('and', '&&')) {
    reader.next();
    return 'both';
  }
  return first;
}
