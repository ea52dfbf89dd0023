export type { Descriptor } from 'fluxnet-core/compliance';
export {
  consumer,
  flags,
  pending,
  producer,
  pushFill,
  pushTx,
  takeCompletions,
  takeRx,
} from 'fluxnet-core/compliance';
