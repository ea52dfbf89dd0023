import { LinkType } from '../pcap/link-type.js';
import type { FilterExpression } from './ast.js';
import { filterOfClosures } from './closures.js';
import { generateFilter } from './generate.js';
import { lower } from './lower.js';
import { parseFilter } from './parse.js';

/**
 * Does the packet of `length` bytes at `offset` match? It must lie within the view.
 *
 * @param wireLength of a packet that was cut when it was captured; `length` by default. It is what
 *   `len`, `less` and `greater` are about.
 */
export type PacketFilter = (
  view: DataView,
  offset: number,
  length: number,
  wireLength?: number,
) => boolean;

export interface FilterOptions {
  /** One of `LinkType`: Ethernet (the default), raw IP, Linux cooked, loopback or PPP. */
  readonly linkType?: number | undefined;
  /** Of the network, for `ip broadcast`. Default 0, as tcpdump has it when it reads a file. */
  readonly netmask?: number | undefined;
  /**
   * `auto` generates code where that is allowed, `closures` never does (and is several times
   * slower). Default `auto`.
   */
  readonly code?: 'auto' | 'closures' | undefined;
}

/**
 * Makes a function of a filter expression, in the language of tcpdump (pcap-filter(7)), with
 * tcpdump's meaning.
 *
 * ```ts
 * const isDns = compileFilter('udp and port 53');
 * if (isDns(view, offset, length)) …
 * ```
 *
 * @throws {FluxError} `FLUX_FILTER_SYNTAX`, with `context.position`
 */
export function compileFilter(
  expression: string | FilterExpression,
  options: FilterOptions = {},
): PacketFilter {
  const { linkType = LinkType.ethernet, netmask = 0, code = 'auto' } = options;
  const tree = typeof expression === 'string' ? parseFilter(expression) : expression;
  const test = lower(tree, { linkType, netmask });
  if (code === 'closures' || !mayGenerateCode()) return filterOfClosures(test);
  return generateFilter(test);
}

/** No, under a content security policy or `--disallow-code-generation-from-strings`. */
function mayGenerateCode(): boolean {
  try {
    new Function('');
    return true;
  } catch {
    return false;
  }
}
