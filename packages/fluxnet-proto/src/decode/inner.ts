import { INNER_KIND_SHIFT, type Layers } from './layers.js';

/** Notes that a packet which begins with what `etherType` names is carried at `offset`. */
export function beginInner(layers: Layers, kind: number, etherType: number, offset: number): void {
  layers.bits |= kind << INNER_KIND_SHIFT;
  layers.innerEtherType = etherType;
  layers.innerStart = offset;
}
