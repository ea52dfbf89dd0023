import type { ProtoError } from '../error.js';
import { syntaxError } from './syntax-error.js';
import { type Token, tokensOf } from './tokens.js';

/** Goes through the words of an expression; can come back to where it was. */
export class TokenReader {
  readonly expression: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(expression: string) {
    this.expression = expression;
    this.#tokens = tokensOf(expression);
  }

  /** The next token, or one behind it. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.type !== 'end') this.#at++;
    return token;
  }

  /** Is the next, or one behind it, one of these words or symbols? */
  is(texts: readonly string[], ahead = 0): boolean {
    const { type, text } = this.peek(ahead);
    return (type === 'word' || type === 'symbol') && texts.includes(text);
  }

  take(...texts: readonly string[]): boolean {
    if (!this.is(texts)) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.unexpected(`${JSON.stringify(text)} is missing`);
  }

  mark(): number {
    return this.#at;
  }

  back(mark: number): void {
    this.#at = mark;
  }

  unexpected(what: string, hint?: string): ProtoError {
    const { type, text } = this.peek();
    const found = type === 'end' ? 'at the end' : `before ${JSON.stringify(text)}`;
    return syntaxError(this.expression, this.peek().position, `${what} ${found}`, hint);
  }

  fail(token: Token, what: string, hint?: string): ProtoError {
    return syntaxError(this.expression, token.position, what, hint);
  }
}
