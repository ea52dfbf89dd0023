import { SimNetwork, type SimNetworkOptions } from './sim-network.js';

/** How much of the trace goes into the error. */
const TRACE_LINES = 20;

/**
 * Runs a test in a network of a seed that is new every time, unless it is given. When the test
 * fails its error says the seed, and the end of the trace: the same seed gives the same run.
 * @returns what the test returns
 */
export async function simulate<T>(
  test: (net: SimNetwork) => T | Promise<T>,
  options: SimNetworkOptions = {},
): Promise<T> {
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const net = new SimNetwork({ trace: true, ...options, seed });
  try {
    return await test(net);
  } catch (error) {
    const lines = String(net.trace).split('\n').slice(-TRACE_LINES).join('\n');
    const replay = `seed ${seed}, replay with: { seed: ${seed} }`;
    if (error instanceof Error) {
      error.message += `\n\n[simulator] ${replay}\n${lines}`;
      throw error;
    }
    throw new Error(`[simulator] ${replay}\n${lines}`, { cause: error });
  }
}
