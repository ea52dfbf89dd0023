/**
 * Reads filter expressions in the language of pcap-filter(7). As there, `and` and `or` bind equally
 * and to the left, and a value without qualifiers takes those before it: `port 53 or 80`.
 */

import { readRelation } from './arithmetic.js';
import type { FilterExpression } from './ast.js';
import { UNSUPPORTED } from './names.js';
import { type Qualifiers, takeProtocol, takeQualifiers } from './qualifiers.js';
import { TokenReader } from './token-reader.js';
import { readValue } from './values.js';

const MAX_DEPTH = 100;
const MAX_TERMS = 2000;
const AND = ['and', '&&'];
const OR = ['or', '||'];
const NOT = ['not', '!'];

/**
 * The tree of an expression. An empty one matches everything.
 *
 * @throws {FluxError} `FLUX_FILTER_SYNTAX`, with `context.position`
 */
export function parseFilter(expression: string): FilterExpression {
  const reader = new TokenReader(expression);
  if (reader.peek().type === 'end') return { type: 'all' };
  const tree = new Parser(reader).expression(0);
  if (reader.peek().type !== 'end') throw reader.unexpected('"and" or "or" is missing');
  return tree;
}

class Parser {
  readonly #reader: TokenReader;
  /** Those of the last term; undefined after one that has none to pass on. */
  #qualifiers: Qualifiers | undefined;
  #terms = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  expression(depth: number): FilterExpression {
    const reader = this.#reader;
    let left = this.#term(depth);
    for (;;) {
      const type = reader.take(...AND) ? 'and' : reader.take(...OR) ? 'or' : undefined;
      if (type === undefined) return left;
      left = { type, left, right: this.#term(depth) };
    }
  }

  #term(depth: number): FilterExpression {
    const reader = this.#reader;
    if (depth > MAX_DEPTH) throw reader.unexpected(`more than ${MAX_DEPTH} levels`);
    if (reader.take(...NOT)) return { type: 'not', operand: this.#term(depth + 1) };
    if (++this.#terms > MAX_TERMS) throw reader.unexpected(`more than ${MAX_TERMS} terms`);
    const inherited = this.#qualifiers;
    const relation = readRelation(reader);
    if (relation !== undefined) return this.#alone({ type: 'relation', ...relation });
    if (reader.take('(')) {
      const inner = this.expression(depth + 1);
      reader.expect(')');
      this.#qualifiers = inherited;
      return inner;
    }
    return this.#primitive(depth, inherited);
  }

  #primitive(depth: number, inherited: Qualifiers | undefined): FilterExpression {
    const reader = this.#reader;
    const start = reader.peek();
    const special = this.#special();
    if (special !== undefined) return this.#alone(special);
    const protocol = takeProtocol(reader);
    const qualifiers = takeQualifiers(reader, protocol);
    if (qualifiers !== undefined) return this.#values(depth, qualifiers);
    if (protocol !== undefined) {
      const cast = this.#cast(protocol);
      if (cast !== undefined) return this.#alone(cast);
      if (protocol === 'ether') throw reader.unexpected('"host", "proto" or the like is missing');
      return this.#alone({ type: 'protocol', protocol });
    }
    if (start.type === 'word' && UNSUPPORTED.has(start.text)) {
      throw reader.fail(start, `"${start.text}" is not supported`);
    }
    if (start.type === 'end' || start.type === 'symbol')
      throw reader.unexpected('a term is missing');
    if (inherited === undefined) {
      throw reader.fail(
        start,
        `${JSON.stringify(start.text)} needs a word before it that says what it is`,
        'such as host, net, port or proto',
      );
    }
    return this.#values(depth, inherited);
  }

  /** A value, or some in parentheses, all with the same qualifiers. */
  #values(depth: number, qualifiers: Qualifiers): FilterExpression {
    const reader = this.#reader;
    this.#qualifiers = qualifiers;
    if (reader.take('(')) {
      const inner = this.expression(depth + 1);
      reader.expect(')');
      this.#qualifiers = qualifiers;
      return inner;
    }
    const { type } = reader.peek();
    if (type === 'end' || type === 'symbol') {
      throw reader.unexpected(`a value for "${qualifiers.kind}" is missing`);
    }
    return readValue(reader, qualifiers);
  }

  #special(): FilterExpression | undefined {
    const reader = this.#reader;
    if (reader.take('vlan')) return { type: 'vlan', id: this.#number(4095) };
    if (reader.take('mpls')) return { type: 'mpls', label: this.#number(0xf_ffff) };
    if (reader.take('pppoes')) return { type: 'pppoes', session: this.#number(0xffff) };
    if (reader.is(['less', 'greater'])) {
      const operator = reader.next().text === 'less' ? '<=' : '>=';
      const value = this.#number(0xffff_ffff);
      if (value === undefined) throw reader.unexpected('a number is missing');
      return {
        type: 'relation',
        operator,
        left: { type: 'length' },
        right: { type: 'number', value },
      };
    }
    return this.#cast(undefined);
  }

  #cast(protocol: string | undefined): FilterExpression | undefined {
    const reader = this.#reader;
    const what = reader.peek();
    if (!reader.take('broadcast', 'multicast')) return undefined;
    const name = protocol ?? 'ether';
    if (what.text === 'broadcast' && (name === 'ether' || name === 'ip')) {
      return { type: 'broadcast', protocol: name };
    }
    if (what.text === 'multicast' && (name === 'ether' || name === 'ip' || name === 'ip6')) {
      return { type: 'multicast', protocol: name };
    }
    throw reader.fail(what, `"${name}" does not go with "${what.text}"`);
  }

  #number(max: number): number | undefined {
    const reader = this.#reader;
    const token = reader.peek();
    if (token.type !== 'number') return undefined;
    if (token.value > max) throw reader.fail(token, `${token.text} is above ${max}`);
    reader.next();
    return token.value;
  }

  #alone(term: FilterExpression): FilterExpression {
    this.#qualifiers = undefined;
    return term;
  }
}
