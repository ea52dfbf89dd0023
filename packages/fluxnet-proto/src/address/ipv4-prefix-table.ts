/** Prefixes and their values, found exactly: a hash table with open addressing over typed arrays. */

const EMPTY = 0xff;
const DELETED = 0xfe;
const FIRST_CAPACITY = 64;

export class Ipv4PrefixTable {
  #addresses = new Int32Array(FIRST_CAPACITY);
  #values = new Int32Array(FIRST_CAPACITY);
  /** Prefix lengths; `EMPTY` and `DELETED` are none. */
  #lengths = new Uint8Array(FIRST_CAPACITY).fill(EMPTY);
  #size = 0;
  /** With places that are marked as deleted. */
  #taken = 0;

  get size(): number {
    return this.#size;
  }

  get byteLength(): number {
    return this.#addresses.byteLength + this.#values.byteLength + this.#lengths.byteLength;
  }

  /** The value, or -1. */
  get(address: number, length: number): number {
    const at = this.#find(address | 0, length);
    return at < 0 ? -1 : this.#values[at]!;
  }

  /** True when the prefix is new. */
  set(address: number, length: number, value: number): boolean {
    const found = this.#find(address | 0, length);
    if (found >= 0) {
      this.#values[found] = value;
      return false;
    }
    // Up to half full, so that a search ends soon.
    if (this.#taken * 2 >= this.#lengths.length) this.#rebuild();
    this.#add(address | 0, length, value);
    this.#size++;
    return true;
  }

  /** True when the prefix was there. */
  delete(address: number, length: number): boolean {
    const at = this.#find(address | 0, length);
    if (at < 0) return false;
    this.#lengths[at] = DELETED;
    this.#size--;
    return true;
  }

  #find(address: number, length: number): number {
    const mask = this.#lengths.length - 1;
    for (let at = hash(address, length) & mask; ; at = (at + 1) & mask) {
      const found = this.#lengths[at]!;
      if (found === EMPTY) return -1;
      if (found === length && this.#addresses[at] === address) return at;
    }
  }

  #add(address: number, length: number, value: number): void {
    const mask = this.#lengths.length - 1;
    let at = hash(address, length) & mask;
    while (this.#lengths[at] !== EMPTY) at = (at + 1) & mask;
    this.#addresses[at] = address;
    this.#lengths[at] = length;
    this.#values[at] = value;
    this.#taken++;
  }

  /** Grows to four times what is in use; deleted places go. */
  #rebuild(): void {
    const addresses = this.#addresses;
    const lengths = this.#lengths;
    const values = this.#values;
    let capacity = FIRST_CAPACITY;
    while (capacity < this.#size * 4) capacity *= 2;
    this.#addresses = new Int32Array(capacity);
    this.#values = new Int32Array(capacity);
    this.#lengths = new Uint8Array(capacity).fill(EMPTY);
    this.#taken = 0;
    for (let i = 0; i < lengths.length; i++) {
      if (lengths[i]! < DELETED) this.#add(addresses[i]!, lengths[i]!, values[i]!);
    }
  }
}

/** The finish of MurmurHash3: every bit of the address reaches every bit. */
function hash(address: number, length: number): number {
  let h = address ^ Math.imul(length, 0x9e37_79b1);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
